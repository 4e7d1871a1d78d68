// Owns whether a rule holds for a message. There are no patterns of the user but a fixed text, so no
// header can make a test slow. Pure.
import type { HeaderReader, NamedVerdict } from '#plugin-api';
import { labelOf } from './verdict-text.ts';

export type Condition =
  | { readonly kind: 'always' }
  /** A label or finding; `*` at the end stands for any rest. */
  | { readonly kind: 'flagged'; readonly label: string }
  /** That plugin found something, whatever it was. */
  | { readonly kind: 'plugin'; readonly plugin: string }
  | {
      readonly kind: 'header';
      readonly name: string;
      readonly comparison: 'contains' | 'equals';
      readonly text: string;
    };

export interface ConditionFacts {
  readonly headers: HeaderReader;
  readonly verdicts: readonly NamedVerdict[];
}

export function holds(condition: Condition, { headers, verdicts }: ConditionFacts): boolean {
  switch (condition.kind) {
    case 'always':
      return true;
    case 'flagged':
      return verdicts.some(({ verdict }) => isLabelled(labelOf(verdict), condition.label));
    case 'plugin':
      return verdicts.some(
        ({ plugin, verdict }) => plugin === condition.plugin && labelOf(verdict) !== undefined,
      );
    case 'header':
      return readings(headers, condition.name).some((value) =>
        compare(value, condition.comparison, condition.text),
      );
  }
}

function isLabelled(label: string | undefined, wanted: string): boolean {
  if (label === undefined) return false;
  const found = label.toLowerCase();
  const text = wanted.toLowerCase();
  return text.endsWith('*') ? found.startsWith(text.slice(0, -1)) : found === text;
}

/** As written and as shown: a text is found in encoded words as well. */
function readings(headers: HeaderReader, name: string): string[] {
  const shown = headers.text(name);
  return shown === undefined ? [] : [shown, ...headers.all(name)];
}

function compare(value: string, comparison: 'contains' | 'equals', text: string): boolean {
  const found = value.trim().toLowerCase();
  const wanted = text.trim().toLowerCase();
  return comparison === 'equals' ? found === wanted : found.includes(wanted);
}
