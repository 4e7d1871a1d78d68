// Owns what rspamd may change of a header: the fields that filters add for readers and mail programs, and
// the subject. Not the fields of Postern, nor those that say what a message is.
import type { HeaderEditor } from '#plugin-api';
import type { MilterEdits, Reply } from './reply.ts';

export interface HeaderChanges {
  readonly remove: readonly { readonly name: string; readonly index: number }[];
  readonly add: readonly { readonly name: string; readonly value: string }[];
  readonly subject: string | undefined;
}

export interface HeaderPolicy {
  readonly headers: 'apply' | 'ignore';
  readonly subject: 'apply' | 'ignore';
}

const mostFields = 50;
const longestValue = 4000;
const longestSubject = 900;

/** Also what rspamd's own proxy does for the action `add header`. */
const spamField = { name: 'X-Spam', value: 'Yes' } as const;

/** Undefined when nothing is to be changed. */
export function changesOf(reply: Reply, policy: HeaderPolicy): HeaderChanges | undefined {
  const milter = policy.headers === 'apply' ? (reply.milter ?? {}) : {};
  const add = fieldsOf(milter);
  if (policy.headers === 'apply' && reply.action === 'add header') add.push(spamField);
  const changes: HeaderChanges = {
    remove: removalsOf(milter),
    add: add.slice(0, mostFields),
    subject: policy.subject === 'apply' ? subjectOf(reply) : undefined,
  };
  const { remove, subject } = changes;
  return remove.length + changes.add.length === 0 && subject === undefined ? undefined : changes;
}

export function applyChanges(edit: HeaderEditor, { remove, add, subject }: HeaderChanges): void {
  // First what is there, so that no field is removed which has just been added.
  for (const { name, index } of remove) removeField(edit, name, index);
  for (const { name, value } of add) edit.add(name, value);
  if (subject !== undefined) edit.replace('Subject', subject);
}

/** `index`: 0 for all of that name, 1 for the first, -1 for the last. */
function removeField(edit: HeaderEditor, name: string, index: number): void {
  if (index === 0) {
    edit.remove(name);
    return;
  }
  const count = edit.all(name).length;
  const wanted = index > 0 ? index : count + index + 1;
  let at = 0;
  edit.remove(name, () => {
    at += 1;
    return at === wanted;
  });
}

function fieldsOf({ add_headers = {} }: MilterEdits): { name: string; value: string }[] {
  return Object.entries(add_headers)
    .filter(([name]) => isAllowed(name))
    .flatMap(([name, given]) =>
      (Array.isArray(given) ? given : [given]).map((each) => ({
        name,
        value: oneLine(typeof each === 'string' ? each : each.value, longestValue),
      })),
    )
    .filter(({ value }) => value !== '');
}

function removalsOf({ remove_headers = {} }: MilterEdits): { name: string; index: number }[] {
  return Object.entries(remove_headers)
    .filter(([name, index]) => isAllowed(name) && Number.isInteger(index))
    .slice(0, mostFields)
    .map(([name, index]) => ({ name, index }));
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
  return text
    .slice(0, maxLength)
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
}
