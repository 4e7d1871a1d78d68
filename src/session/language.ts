// Owns LANG (RFC 6856 s.3). All texts of Postern are English, so that is what can be had; the texts
// of an upstream are handed on in whatever language it uses.
import { errReply, multilineReply, okReply } from '../pop3/reply.ts';

/** Tags and their descriptions, the preferred one first. `i-default` is English too (RFC 2277 s.4.5). */
const languages: ReadonlyMap<string, string> = new Map([
  ['en', 'English'],
  ['i-default', 'Default'],
]);

/** The listing for LANG alone, else the answer to the choice of a language. */
export function languageReply(range: string | undefined): Buffer {
  if (range === undefined) {
    const lines = [...languages].map(([tag, description]) => `${tag} ${description}`);
    return multilineReply('languages follow', lines);
  }
  const tag = findLanguage(range.toLowerCase());
  return tag === undefined
    ? errReply('this language is not available')
    : okReply(`${tag} language changed`);
}

/** RFC 4647 s.3.4: from the end of the range subtags are taken off until it fits. */
function findLanguage(range: string): string | undefined {
  if (range === '*') return languages.keys().next().value;
  const subtags = range.split('-');
  while (subtags.length > 0) {
    const tag = subtags.join('-');
    if (languages.has(tag)) return tag;
    subtags.pop();
  }
  return undefined;
}
