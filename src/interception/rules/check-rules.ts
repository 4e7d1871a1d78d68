// Owns the look whether planned rules are in place, by asking the programs that know.
import { type FoundDiversion, type Hook, missingPorts } from './found-diversion.ts';
import { diversionsOfIptables } from './iptables-listing.ts';
import { diversionsOfNftables } from './nftables-listing.ts';
import { routedFamilies } from './routing.ts';
import { hasLocalRoute, hasRule } from './routing-listing.ts';
import type { Diversion, Family, RulePlan } from './rule-plan.ts';

export type Firewall = 'nftables' | 'iptables' | 'ip6tables';

export type ToolOutcome =
  | { readonly kind: 'done'; readonly stdout: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Runs a program of the system to its end. */
export type RunTool = (program: string, args: readonly string[]) => Promise<ToolOutcome>;

export interface RuleFinding {
  readonly level: 'good' | 'missing' | 'unknown';
  readonly text: string;
}

const sources: Readonly<Record<Firewall, readonly [string, ...string[]]>> = {
  nftables: ['nft', '-j', 'list', 'ruleset'],
  iptables: ['iptables-save'],
  ip6tables: ['ip6tables-save'],
};
const familiesOf: Readonly<Record<Firewall, readonly Family[]>> = {
  nftables: ['ipv4', 'ipv6'],
  iptables: ['ipv4'],
  ip6tables: ['ipv6'],
};
const flags = { ipv4: '-4', ipv6: '-6' } as const;
const familyNames = { ipv4: 'IPv4', ipv6: 'IPv6' } as const;
const hookWords: Readonly<Record<Hook, string>> = {
  prerouting: 'from the network',
  output: 'of this machine itself',
};

export async function checkRules(
  plan: RulePlan,
  firewall: Firewall,
  run: RunTool,
): Promise<RuleFinding[]> {
  const families = familiesOf[firewall];
  const findings: RuleFinding[] = [];
  const listing = await run(...split(sources[firewall]));
  if (listing.kind === 'failed') return [{ level: 'unknown', text: listing.reason }];
  const found =
    firewall === 'nftables'
      ? diversionsOfNftables(listing.stdout)
      : families.flatMap((family) => diversionsOfIptables(listing.stdout, family));
  const hooks = [
    ['prerouting', plan.diversions],
    ['output', plan.localDiversions],
  ] as const;
  for (const [hook, diversions] of hooks) {
    for (const diversion of diversions) {
      if (families.includes(diversion.family)) findings.push(findingOf(diversion, hook, found));
    }
  }
  for (const family of routedFamilies(plan)) {
    if (families.includes(family)) findings.push(await checkFamily(plan, family, run));
  }
  return findings;
}

/** What `postern rules routing` sets up. */
export async function checkRouting(plan: RulePlan, run: RunTool): Promise<RuleFinding[]> {
  const findings: RuleFinding[] = [];
  for (const family of routedFamilies(plan)) findings.push(await checkFamily(plan, family, run));
  return findings;
}

function split([program, ...args]: readonly [string, ...string[]]): [string, readonly string[]] {
  return [program, args];
}

function findingOf(
  diversion: Diversion,
  hook: Hook,
  found: readonly FoundDiversion[],
): RuleFinding {
  const { listener, mode, family, ports, to } = diversion;
  const missing = missingPorts(diversion, hook, found);
  const about = (these: readonly number[]): string =>
    `${familyNames[family]} connections ${hookWords[hook]} to port ${these.join(', ')}`;
  if (missing.length > 0) {
    return {
      level: 'missing',
      text: `listener ${listener}: no rule diverts ${about(missing)} to port ${to.port} (${mode})`,
    };
  }
  return { level: 'good', text: `listener ${listener}: ${about(ports)} are diverted (${mode})` };
}

async function checkFamily({ mark }: RulePlan, family: Family, run: RunTool): Promise<RuleFinding> {
  const flag = flags[family];
  const name = familyNames[family];
  const rules = await run('ip', ['-j', flag, 'rule', 'show']);
  if (rules.kind === 'failed') return { level: 'unknown', text: rules.reason };
  if (!hasRule(rules.stdout, mark)) {
    return {
      level: 'missing',
      text: `no rule sends ${name} packets with mark ${mark} to routing table ${mark}: see postern rules routing`,
    };
  }
  // A table without any route is an error for this program.
  const routes = await run('ip', ['-j', flag, 'route', 'show', 'table', String(mark)]);
  const isThere = routes.kind === 'done' && hasLocalRoute(routes.stdout);
  return isThere
    ? { level: 'good', text: `${name} packets that TPROXY has marked are routed to this machine` }
    : {
        level: 'missing',
        text: `routing table ${mark} has no local default route of ${name}: see postern rules routing`,
      };
}
