// Owns whether a condition of an administrator's rule holds for a letter.
import type { HitsByName } from '../evaluation.ts';
import type { Letter } from '../letter/letter.ts';
import { type Comparison, fits } from './comparison.ts';

export const textKinds = [
  'from',
  'from_name',
  'to',
  'reply_to',
  'subject',
  'text',
  'uri',
  'attachment',
  'attachment_type',
] as const;
export type TextKind = (typeof textKinds)[number];

export type Condition =
  | { readonly kind: 'all' | 'any'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'rule'; readonly name: string }
  | { readonly kind: 'header'; readonly name: string; readonly comparison: Comparison | 'exists' }
  | { readonly kind: TextKind; readonly comparison: Comparison }
  | { readonly kind: 'larger_than' | 'smaller_than'; readonly bytes: number };

/** What fits, for people; undefined when the condition does not hold. */
export function findFit(
  condition: Condition,
  letter: Letter,
  hits: HitsByName,
): string | undefined {
  switch (condition.kind) {
    case 'all': {
      let first: string | undefined;
      for (const each of condition.conditions) {
        const fit = findFit(each, letter, hits);
        if (fit === undefined) return undefined;
        first ??= fit === '' ? undefined : fit;
      }
      return first ?? '';
    }
    case 'any':
      for (const each of condition.conditions) {
        const fit = findFit(each, letter, hits);
        if (fit !== undefined) return fit;
      }
      return undefined;
    case 'not':
      return findFit(condition.condition, letter, hits) === undefined ? '' : undefined;
    case 'rule':
      return hits.has(condition.name) ? condition.name : undefined;
    case 'header':
      return headerFit(letter, condition.name, condition.comparison);
    case 'larger_than':
      return letter.octets > condition.bytes ? `${letter.octets} octets` : undefined;
    case 'smaller_than':
      return letter.octets < condition.bytes ? `${letter.octets} octets` : undefined;
    default: {
      const text = textsOf(condition.kind, letter).find((each) => fits(condition.comparison, each));
      return text === undefined ? undefined : `${condition.kind}: ${excerpt(condition.kind, text)}`;
    }
  }
}

function headerFit(
  { headers }: Letter,
  name: string,
  comparison: Comparison | 'exists',
): string | undefined {
  const shown = headers.text(name);
  if (shown === undefined || comparison === 'exists') return shown && name;
  // As written and as shown: a text is found in encoded words as well.
  const values = [shown, ...headers.all(name).slice(0, mostFields)];
  return values.some((value) => fits(comparison, value)) ? `${name}: ${shown}` : undefined;
}

const mostFields = 100;

function textsOf(kind: TextKind, letter: Letter): readonly string[] {
  switch (kind) {
    case 'from':
      return letter.from.flatMap(({ address }) => address ?? []);
    case 'from_name':
      return letter.from.flatMap(({ name }) => name ?? []);
    case 'to':
      return letter.recipients.flatMap(({ address }) => address ?? []);
    case 'reply_to':
      return letter.replyTo.flatMap(({ address }) => address ?? []);
    case 'subject':
      return letter.subject === undefined ? [] : [letter.subject];
    case 'text':
      return [letter.plainText, letter.html?.visibleText ?? ''];
    case 'uri':
      return letter.uris.map(({ text }) => text);
    case 'attachment':
      return letter.parts.flatMap(({ fileNames }) => fileNames);
    case 'attachment_type':
      return letter.parts.flatMap(({ fileNames, contentType }) =>
        fileNames.length > 0 ? [contentType] : [],
      );
  }
}

/** A whole text tells nobody what it is in it. */
function excerpt(kind: TextKind, text: string): string {
  return kind === 'text' ? 'fits' : text;
}

/** Names of the rules that a condition asks about. */
export function askedRules(condition: Condition): string[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.conditions.flatMap(askedRules);
    case 'not':
      return askedRules(condition.condition);
    case 'rule':
      return [condition.name];
    default:
      return [];
  }
}
