// Owns in which order rules run that ask about each other, and what is wrong with the names they use. Pure.
import { askedRules } from './condition.ts';
import type { OwnRule } from './rule-schema.ts';

export interface NameProblem {
  /** Of the rule that has it. */
  readonly index: number;
  readonly key: 'name' | 'when';
  readonly message: string;
}

export function findNameProblem(
  rules: readonly OwnRule[],
  otherNames: ReadonlySet<string>,
): NameProblem | undefined {
  const own = new Set<string>();
  for (const [index, { name }] of rules.entries()) {
    if (otherNames.has(name) || own.has(name)) {
      return { index, key: 'name', message: `there is another rule named ${name}` };
    }
    own.add(name);
  }
  for (const [index, { when }] of rules.entries()) {
    const unknown = askedRules(when).find((asked) => !own.has(asked) && !otherNames.has(asked));
    if (unknown !== undefined) {
      return { index, key: 'when', message: `no rule is named ${unknown}` };
    }
  }
  const inOrder = new Set(ordered(rules).map(({ name }) => name));
  const index = rules.findIndex(({ name }) => !inOrder.has(name));
  if (index === -1) return undefined;
  return { index, key: 'when', message: 'rules ask about each other in a circle' };
}

/** Behind those that they ask about; those in a circle are left out. */
export function ordered(rules: readonly OwnRule[]): OwnRule[] {
  const own = new Set(rules.map(({ name }) => name));
  const placed = new Map<string, OwnRule>();
  for (let left = rules; left.length > 0; ) {
    const ready = left.filter(({ when }) =>
      askedRules(when).every((asked) => !own.has(asked) || placed.has(asked)),
    );
    if (ready.length === 0) break;
    for (const rule of ready) placed.set(rule.name, rule);
    left = left.filter(({ name }) => !placed.has(name));
  }
  return [...placed.values()];
}
