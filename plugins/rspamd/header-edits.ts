// Owns what rspamd may change of a header: the fields that filters add for readers and mail programs, and
// the subject. Not the fields of Postern, nor those that say what a message is.
import type { HeaderEditor, SpamAssessment } from '#plugin-api';
import { type FieldRemoval, fieldsOf, removalsOf } from './milter-edits.ts';
import type { Reply } from './reply.ts';

export interface HeaderChanges {
  readonly remove: readonly FieldRemoval[];
  readonly add: readonly { readonly name: string; readonly value: string }[];
  /** `from`: the length and the end of what rspamd was given. */
  readonly subject:
    | { readonly from: { readonly length: number; readonly end: string }; readonly to: string }
    | undefined;
}

export interface HeaderPolicy {
  readonly headers: 'apply' | 'ignore';
  readonly subject: 'apply' | 'ignore';
}

const mostFields = 50;
const longestValue = 4000;
/** Of all together: changes are kept until a message is delivered, and some never are. */
const mostCharacters = 16_000;
const longestEnd = 200;
const longestSubject = 900;

/** Also what rspamd's own proxy does for the action `add header`. */
const spamField = { name: 'X-Spam', value: 'Yes' } as const;

/** Undefined when nothing is to be changed. `subject`: of the message, decoded. */
export function changesOf(
  reply: Reply,
  policy: HeaderPolicy,
  subject: string | undefined,
): HeaderChanges | undefined {
  const milter = policy.headers === 'apply' ? reply.milter : undefined;
  const add = withinBounds(
    fieldsOf(milter, mostFields)
      .filter(({ name }) => isAllowed(name))
      .map(({ name, value }) => ({ name, value: oneLine(value, longestValue) }))
      .filter(({ value }) => value !== ''),
  );
  if (policy.headers === 'apply' && reply.action === 'add header') add.push(spamField);
  const remove = removalsOf(milter, mostFields).filter(({ name }) => isAllowed(name));
  const to = policy.subject === 'apply' ? subjectOf(reply) : undefined;
  if (remove.length + add.length === 0 && to === undefined) return undefined;
  return {
    remove,
    add: add.slice(0, mostFields),
    subject: to === undefined ? undefined : { from: endOf(subject ?? ''), to },
  };
}

/** `spam`: what all engines together have come to. */
export function applyChanges(
  edit: HeaderEditor,
  { remove, add, subject }: HeaderChanges,
  spam: SpamAssessment | undefined,
): void {
  // First what is there, so that no field is removed which has just been added.
  const isMark = (value: string): boolean => spam?.result === 'spam' && value === markOfSpam;
  for (const removal of remove) removeField(edit, removal, isMark);
  for (const { name, value } of add) edit.add(name, value);
  if (subject !== undefined) edit.replace('Subject', marksBefore(edit, subject.from) + subject.to);
}

/**
 * What the field `spam.flag_header` says, whatever its name is. By then those of the sender are gone, and
 * what rspamd wants removed is those.
 */
const markOfSpam = 'YES';

/** What has been put in front of the subject since rspamd saw it, such as `spam.subject_tag`. */
function marksBefore(
  edit: HeaderEditor,
  { length, end }: { readonly length: number; readonly end: string },
): string {
  const shown = edit.text('Subject') ?? '';
  const isLonger = shown.length > length && shown.endsWith(end);
  const marks = isLonger ? shown.slice(0, shown.length - length).trim() : '';
  return marks === '' ? '' : `${marks} `;
}

function endOf(subject: string): { readonly length: number; readonly end: string } {
  return { length: subject.length, end: apart(subject.slice(-longestEnd)) };
}

function withinBounds(fields: readonly HeaderChanges['add'][number][]): {
  name: string;
  value: string;
}[] {
  let left = mostCharacters;
  return fields.filter(({ value }) => {
    left -= value.length;
    return left >= 0;
  });
}

/** A piece of a string keeps all of it in memory: the answer of rspamd, or a whole header. */
function apart(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

function removeField(
  edit: HeaderEditor,
  { name, indexes }: FieldRemoval,
  isMark: (value: string) => boolean,
): void {
  const count = edit.all(name).filter((value) => !isMark(value)).length;
  const wanted = new Set(indexes.map((index) => (index >= 0 ? index : count + index + 1)));
  const isAll = indexes.includes(0);
  let at = 0;
  edit.remove(name, (value) => {
    if (isMark(value)) return false;
    at += 1;
    return isAll || wanted.has(at);
  });
}

/** A server that somebody has taken over must not be able to say who a message is from. */
function isAllowed(name: string): boolean {
  if (!/^[A-Za-z0-9-]{1,70}$/.test(name)) return false;
  const key = name.toLowerCase();
  if (key === 'authentication-results') return true;
  return key.startsWith('x-') && !key.startsWith('x-postern-');
}

function subjectOf({ action, subject }: Reply): string | undefined {
  if (action !== 'rewrite subject' || subject === undefined) return undefined;
  const text = oneLine(subject, longestSubject);
  return text === '' ? undefined : text;
}

/** Folded as rspamd has folded it, it would be folded twice. */
function oneLine(text: string, maxLength: number): string {
  const line = text
    .slice(0, maxLength)
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
  return apart(line);
}
