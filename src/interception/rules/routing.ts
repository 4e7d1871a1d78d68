// Owns the routes that bring packets which TPROXY has marked to this machine itself. Pure.
import type { Family, RulePlan } from './rule-plan.ts';

const everything = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const;
const flags = { ipv4: '-4', ipv6: '-6' } as const;

/** The families that need routes. */
export function routedFamilies({ diversions }: RulePlan): readonly Family[] {
  return (['ipv4', 'ipv6'] as const).filter((family) =>
    diversions.some((each) => each.mode === 'tproxy' && each.family === family),
  );
}

/** For `sh`; run again, it changes nothing. */
export function routingCommands(plan: RulePlan): string {
  const { mark } = plan;
  const families = routedFamilies(plan);
  const lines =
    families.length === 0
      ? ['# No listener has intercept: tproxy, so there is nothing to route.']
      : families.flatMap((family) => {
          const ip = `ip ${flags[family]}`;
          return [
            `${ip} rule del fwmark ${mark} lookup ${mark} 2>/dev/null || true`,
            `${ip} rule add fwmark ${mark} lookup ${mark}`,
            `${ip} route replace local ${everything[family]} dev lo table ${mark}`,
          ];
        });
  return [
    '#!/bin/sh',
    '# Brings packets that the rules of TPROXY have marked to Postern. Run it as root with: sh FILE',
    'set -e',
    ...lines,
    '',
  ].join('\n');
}
