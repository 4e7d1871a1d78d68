// Owns the text that takes the place of a part that was taken out.
import type { NewPart } from '../../plugin-api/transform.ts';
import type { Finding } from '../policy.ts';
import type { NoticeLanguage } from './language.ts';
import { wordingOf } from './languages.ts';
import { shownText, wrapText } from './plain-text.ts';
import { alignFields, findingLines } from './standard-body.ts';
import { templateNote } from './template-body.ts';
import type { NoticeTemplates } from './template-folder.ts';
import { noticeView } from './view.ts';

export interface StrippedFacts {
  /** Name of the part, as the sender wrote it. */
  readonly part: string | undefined;
  /** Those that are about this part. */
  readonly findings: readonly Finding[];
  /** Short code of the original in quarantine. */
  readonly code: string;
  readonly contact: string | undefined;
  readonly language: NoticeLanguage;
  readonly templates: NoticeTemplates | undefined;
}

export function strippedNote(facts: StrippedFacts): NewPart {
  return { contentType: 'text/plain', content: noteText(facts), disposition: 'inline' };
}

function noteText({ part, findings, code, contact, language, templates }: StrippedFacts): string {
  const wording = wordingOf(language);
  const view = noticeView(
    { kind: 'replace', original: undefined, findings, code, contact },
    wording,
  );
  const name = shownText(part ?? '') || wording.unknown;
  const template = templates?.get(language)?.stripped;
  if (template !== undefined) return templateNote(template, view, wording, name);
  const { happened, next, kept } = wording.stripped;
  return [
    ...wrapText(happened),
    '',
    ...alignFields([[wording.labels.part, name]]),
    '',
    wording.found,
    ...findingLines(view.findings),
    '',
    ...wrapText(next(view.contact)),
    '',
    `  ${view.code}`,
    '',
    ...wrapText(kept),
    '',
  ].join('\r\n');
}
