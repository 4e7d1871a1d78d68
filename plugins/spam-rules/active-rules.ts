// Owns the rules as configured: those that come with the plugin, with the weights that the administrator
// gives them. Pure.
import { builtInRules } from './built-in-rules.ts';
import type { ActiveRule } from './evaluation.ts';

/** One without weight still runs where another rule asks for it. */
export function activeRules(
  scores: ReadonlyMap<string, number>,
  asked: ReadonlySet<string> = new Set(),
): ActiveRule[] {
  return builtInRules
    .map((rule): ActiveRule => {
      const { name, about } = rule;
      return { name, about, logOdds: scores.get(name) ?? rule.logOdds, find: rule.find };
    })
    .filter(({ name, logOdds }) => logOdds !== 0 || asked.has(name));
}
