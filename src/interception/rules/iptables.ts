// Owns the rules for iptables, which has a rule set for each family: chains of our own, and a jump to each. Pure.
import type { Network } from '../../base/network.ts';
import { nextSteps } from './next-steps.ts';
import { type Diversion, type Family, networkText, type RulePlan } from './rule-plan.ts';

const programs = { ipv4: 'iptables', ipv6: 'ip6tables' } as const;

/** For `iptables-restore --noflush`, or that of IPv6. */
export function iptablesRules(plan: RulePlan, family: Family): string {
  const program = programs[family];
  const ofFamily = plan.diversions.filter((each) => each.family === family);
  const redirected = ofFamily.filter(({ mode }) => mode === 'redirect');
  const transparent = ofFamily.filter(({ mode }) => mode === 'tproxy');
  const fromNetwork = (chain: string): string[] => exceptions(plan, family, chain);
  return [
    `# Diverts POP3 connections to Postern. Load it with: ${program}-restore --noflush FILE`,
    '# Without --noflush, all other rules of these tables would be gone.',
    ...nextSteps(plan, `postern rules ${program} --check`).map((line) => `# ${line}`),
    ...(ofFamily.length === 0 ? ['# No connection of this family is diverted.'] : []),
    ...table('mangle', [
      {
        name: 'POSTERN_TPROXY',
        rules: [...fromNetwork('POSTERN_TPROXY'), ...rules(transparent, 'POSTERN_TPROXY', plan)],
        jumps: transparent.length === 0 ? [] : jumps('PREROUTING', 'POSTERN_TPROXY', plan),
      },
    ]),
    ...table('nat', [
      {
        name: 'POSTERN_REDIRECT',
        rules: [...fromNetwork('POSTERN_REDIRECT'), ...rules(redirected, 'POSTERN_REDIRECT', plan)],
        jumps: redirected.length === 0 ? [] : jumps('PREROUTING', 'POSTERN_REDIRECT', plan),
      },
      localChain(plan, family),
    ]),
    '',
  ].join('\n');
}

interface Chain {
  readonly name: string;
  readonly rules: readonly string[];
  /** None means that the chain is not needed. */
  readonly jumps: readonly string[];
}

/** Programs of the gateway itself, but not Postern: what comes back to it would go round for ever. */
function localChain(plan: RulePlan, family: Family): Chain {
  const name = 'POSTERN_LOCAL';
  const { localExcept } = plan;
  const diversions = plan.localDiversions.filter((each) => each.family === family);
  if (localExcept === undefined || diversions.length === 0) return { name, rules: [], jumps: [] };
  return {
    name,
    rules: [
      '# What Postern itself asks for must reach the mail servers.',
      `-A ${name} -m owner --uid-owner ${localExcept} -j RETURN`,
      ...exceptions(plan, family, name),
      ...rules(diversions, name, plan),
    ],
    jumps: [`-A OUTPUT -p tcp -j ${name}`],
  };
}

function table(name: string, chains: readonly Chain[]): string[] {
  const needed = chains.filter((each) => each.jumps.length > 0);
  if (needed.length === 0) return [];
  return [
    `*${name}`,
    // Loaded again, a chain is emptied first.
    ...needed.map((each) => `:${each.name} - [0:0]`),
    ...needed.flatMap((each) => each.rules),
    ...needed.flatMap((each) => each.jumps),
    'COMMIT',
  ];
}

function jumps(from: string, to: string, { interfaces }: RulePlan): string[] {
  if (interfaces.length === 0) return [`-A ${from} -p tcp -j ${to}`];
  return interfaces.map((name) => `-A ${from} -i ${name} -p tcp -j ${to}`);
}

function exceptions({ except }: RulePlan, family: Family, chain: string): string[] {
  const networks = except.filter((network) => network.family === family);
  return [
    '# Services of this machine itself stay as they are.',
    `-A ${chain} -m addrtype --dst-type LOCAL -j RETURN`,
    ...networks.map((network) => `-A ${chain} -d ${networkText(network)} -j RETURN`),
  ];
}

function rules(diversions: readonly Diversion[], chain: string, { mark }: RulePlan): string[] {
  return diversions.flatMap((diversion) =>
    sources(diversion.clients).flatMap((source) =>
      diversion.ports.map(
        (port) =>
          `-A ${chain} ${source}-p tcp -m tcp --dport ${port} -m comment --comment "listener ${diversion.listener}" ${target(diversion, mark)}`,
      ),
    ),
  );
}

function sources(clients: readonly Network[]): string[] {
  return clients.length === 0 ? [''] : clients.map((network) => `-s ${networkText(network)} `);
}

function target({ mode, to: { address, port } }: Diversion, mark: number): string {
  if (mode === 'tproxy') {
    const on = address === undefined ? '' : ` --on-ip ${address}`;
    return `-j TPROXY --on-port ${port}${on} --tproxy-mark ${mark}`;
  }
  if (address === undefined) return `-j REDIRECT --to-ports ${port}`;
  const place = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return `-j DNAT --to-destination ${place}`;
}
