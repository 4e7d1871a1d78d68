// Owns the rules as configured: those that come with the plugin, with the weights that the administrator
// gives them, and behind them his own. Pure.
import { builtInRules } from './built-in-rules.ts';
import type { ActiveRule } from './evaluation.ts';
import { askedRules, findFit } from './own/condition.ts';
import { ordered } from './own/rule-order.ts';
import type { OwnRule } from './own/rule-schema.ts';

export const builtInNames: ReadonlySet<string> = new Set(builtInRules.map(({ name }) => name));

export function activeRules(
  scores: ReadonlyMap<string, number>,
  ownRules: readonly OwnRule[],
): ActiveRule[] {
  const asked = new Set(ownRules.flatMap(({ when }) => askedRules(when)));
  const builtIn = builtInRules.map((rule): ActiveRule => {
    return { ...rule, logOdds: scores.get(rule.name) ?? rule.logOdds };
  });
  // One without weight still runs where another asks for it.
  const needed = builtIn.filter(({ name, logOdds }) => logOdds !== 0 || asked.has(name));
  return [...needed, ...ordered(ownRules).map(toActive)];
}

function toActive({ name, about, logOdds, when }: OwnRule): ActiveRule {
  return { name, about, logOdds, find: (letter, hits) => findFit(when, letter, hits) };
}
