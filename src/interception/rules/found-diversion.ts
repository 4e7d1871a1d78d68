// Owns what a firewall was found to divert, whichever firewall it is, and whether that is what is wanted. Pure.
import type { Diversion, Family, InterceptMode } from './rule-plan.ts';

/** Where packets meet a rule: those of others, or those of programs of the gateway. */
export type Hook = 'prerouting' | 'output';

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export interface FoundDiversion {
  readonly hook: Hook;
  readonly mode: InterceptMode;
  readonly families: readonly Family[];
  readonly ports: readonly PortRange[];
  readonly toPort: number;
}

/** Rules for some clients or interfaces only count as well: for whom they are is the administrator's choice. */
export function missingPorts(
  { mode, family, ports, to }: Diversion,
  hook: Hook,
  found: readonly FoundDiversion[],
): readonly number[] {
  const fitting = found.filter(
    (each) =>
      each.hook === hook &&
      each.mode === mode &&
      each.families.includes(family) &&
      each.toPort === to.port,
  );
  return ports.filter(
    (port) =>
      !fitting.some((each) => each.ports.some(({ first, last }) => first <= port && port <= last)),
  );
}
