// Owns what has to be done besides loading the rules, in the words that stand above them. Pure.
import type { RulePlan } from './rule-plan.ts';

/** Lines of text without a sign for comments. */
export function nextSteps({ diversions, interfaces }: RulePlan, check: string): string[] {
  const isTransparent = diversions.some(({ mode }) => mode === 'tproxy');
  return [
    `See afterwards whether all is in place: ${check}`,
    ...(isTransparent
      ? ['TPROXY needs routes too, after every start of the machine: postern rules routing | sh']
      : []),
    ...(interfaces.length === 0
      ? ['Connections from every interface are diverted; --interface NAME narrows that down.']
      : []),
  ];
}
