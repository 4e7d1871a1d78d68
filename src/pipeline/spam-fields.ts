// Owns the header fields by which a reader and his mail program see what became of the search for spam.
import type { SpamConfig } from '../config/schema.ts';
import type { HeaderEdits } from '../message/header-block.ts';
import type { SpamAssessment } from '../plugin-api/observation.ts';
import { ownFields } from './own-fields.ts';
import { describeAssessment } from './spam-words.ts';

export type SpamMarks = Pick<SpamConfig, 'flagHeader' | 'subjectTag' | 'unsureSubjectTag'>;

/** Before the plugins of the chain, which may use or change what stands there. */
export function markSpam(
  edits: HeaderEdits,
  assessment: SpamAssessment,
  { flagHeader, subjectTag, unsureSubjectTag }: SpamMarks,
): void {
  const { result } = assessment;
  edits.add(`${ownFields}Spam`, describeAssessment(assessment));
  if (flagHeader !== undefined) {
    edits.remove(flagHeader);
    if (result === 'spam') edits.add(flagHeader, 'YES');
  }
  const tag = { ham: '', unsure: unsureSubjectTag, spam: subjectTag }[result];
  if (tag !== '') tagSubject(edits, tag);
}

/** What the sender wrote stays as it is, encoded words included. */
function tagSubject(edits: HeaderEdits, tag: string): void {
  const raw = edits.get('Subject') ?? '';
  const shown = edits.text('Subject') ?? '';
  if (shown.trimStart().startsWith(tag.trim())) return;
  // A subject with raw 8-bit or control characters, which no standard allows, can only be written anew.
  const rest = /^[\t\x20-\x7e]*$/.test(raw) ? raw : shown;
  const isGapDue = !/\s$/.test(tag);
  edits.replace('Subject', `${tag}${isGapDue ? ' ' : ''}${rest}`);
}
