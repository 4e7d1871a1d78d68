// Owns the rules for nftables: one table of our own, which replaces its earlier self when it is loaded. Pure.
import type { Network } from '../../base/network.ts';
import { nextSteps } from './next-steps.ts';
import { type Diversion, type Family, networkText, type RulePlan } from './rule-plan.ts';

/** For `nft -f`. */
export function nftablesRules(plan: RulePlan): string {
  const redirected = plan.diversions.filter(({ mode }) => mode === 'redirect');
  const transparent = plan.diversions.filter(({ mode }) => mode === 'tproxy');
  const fromNetwork = [...ofInterfaces(plan), ...exceptions(plan)];
  const chains: readonly Chain[] = [
    {
      name: 'tproxied',
      hook: 'filter hook prerouting priority mangle',
      first: fromNetwork,
      diversions: transparent,
    },
    {
      name: 'redirected',
      hook: 'nat hook prerouting priority dstnat',
      first: fromNetwork,
      diversions: redirected,
    },
    {
      name: 'redirected_local',
      hook: 'nat hook output priority -100',
      first: [...notOfPostern(plan), ...exceptions(plan)],
      diversions: plan.localDiversions,
    },
  ];
  return [
    '#!/usr/sbin/nft -f',
    '# Diverts POP3 connections to Postern. Load it with: nft -f FILE',
    ...nextSteps(plan, 'postern rules nftables --check').map((line) => `# ${line}`),
    '',
    '# Loaded again, it takes the place of what it was; nothing else is touched.',
    'table inet postern',
    'delete table inet postern',
    'table inet postern {',
    ...chains.flatMap((each) => chain(each, plan.mark)).map((line) => `\t${line}`),
    '}',
    '',
  ].join('\n');
}

interface Chain {
  readonly name: string;
  readonly hook: string;
  /** What comes before the diversions. */
  readonly first: readonly string[];
  readonly diversions: readonly Diversion[];
}

/** Without a diversion there is no chain. */
function chain({ name, hook, first, diversions }: Chain, mark: number): string[] {
  if (diversions.length === 0) return [];
  const rules = [...first, ...diversions.map((diversion) => ruleOf(diversion, mark))];
  return [
    `chain ${name} {`,
    `\ttype ${hook}; policy accept;`,
    ...rules.map((rule) => `\t${rule}`),
    '}',
  ];
}

function notOfPostern({ localExcept }: RulePlan): string[] {
  if (localExcept === undefined) return [];
  // What comes back to it would go round for ever.
  return [
    '# What Postern itself asks for must reach the mail servers.',
    `meta skuid ${user(localExcept)} return`,
  ];
}

function ofInterfaces({ interfaces }: RulePlan): string[] {
  if (interfaces.length === 0) return [];
  return [`iifname != ${set(interfaces.map((name) => `"${name}"`))} return`];
}

function exceptions({ except }: RulePlan): string[] {
  const leftAlone = families.flatMap((family) => {
    const networks = except.filter((network) => network.family === family);
    if (networks.length === 0) return [];
    return [`${protocols[family]} daddr ${networkSet(networks)} return`];
  });
  return [
    '# Services of this machine itself stay as they are.',
    'fib daddr type local return',
    ...leftAlone,
  ];
}

const families = ['ipv4', 'ipv6'] as const satisfies readonly Family[];
const protocols = { ipv4: 'ip', ipv6: 'ip6' } as const;

function ruleOf(diversion: Diversion, mark: number): string {
  const { listener, family, ports, clients } = diversion;
  const match = [
    `meta nfproto ${family}`,
    ...(clients.length === 0 ? [] : [`${protocols[family]} saddr ${networkSet(clients)}`]),
    `tcp dport ${set(ports.map(String))}`,
  ];
  return `${match.join(' ')} counter ${verdict(diversion, mark)} comment "listener ${listener}"`;
}

function verdict({ mode, family, to }: Diversion, mark: number): string {
  const protocol = protocols[family];
  if (mode === 'tproxy') return `tproxy ${protocol} to ${target(to)} meta mark set ${mark} accept`;
  return to.address === undefined
    ? `redirect to ${target(to)}`
    : `dnat ${protocol} to ${target(to)}`;
}

function target({ address = '', port }: Diversion['to']): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function networkSet(networks: readonly Network[]): string {
  return set(networks.map(networkText));
}

function set(members: readonly string[]): string {
  return `{ ${members.join(', ')} }`;
}

/** Numbers are numbers, names are names, whatever characters they have. */
function user(name: string): string {
  return /^\d+$/.test(name) ? name : `"${name}"`;
}
