// Owns the look into documents in rich text format: objects in them, and templates from elsewhere.
import { inspector } from '../opener.ts';
import { isElsewhere } from './external-content.ts';
import { maxMarkupBytes } from './markup-text.ts';

// Control words may be broken up by groups that mean nothing, but not within their letters. What
// follows them directly is a number, or data.
const object = /\\obj(?:data|update|autlink|ocx|emb)(?![a-z])/i;
const template = /\\template(?![a-z])/gi;
/** A document has one. */
const mostTemplates = 100;
/** From the word to the end of the name, also when each of its letters is escaped. */
const searchedLength = 10_000;

export const openRtf = inspector(async ({ note, whole }) => {
  const text = (await whole(maxMarkupBytes)).toString('latin1');
  if (object.test(text)) note('embedded-object', 'object data');
  let count = 0;
  for (const { index } of text.matchAll(template)) {
    count += 1;
    const target = targetOf(text.slice(index, index + searchedLength));
    if (isElsewhere(target)) note('external-template', target.slice(0, 200));
    if (count < mostTemplates) continue;
    note('hidden-structure', 'too many templates');
    break;
  }
});

/** What stands behind the word, up to the end of its group. */
function targetOf(rtf: string): string {
  const [word = ''] = rtf
    // Line ends mean nothing in this format, wherever they stand.
    .replaceAll(/[\r\n\0]/g, '')
    .replaceAll(/\{\\\*[^{}]{0,500}\}/g, '')
    .split('}', 1)
    .map((group) => group.replace(/^\\template-?\d{0,10} ?/i, ''));
  return word
    .replaceAll(/\\(?:'([0-9a-f]{2})|u(-?\d{1,6}) ?\??|(\\))/gi, (_all, hex, code, backslash) => {
      if (backslash !== undefined) return '\\';
      return String.fromCharCode(hex === undefined ? Number(code) : Number.parseInt(hex, 16));
    })
    .trim();
}
