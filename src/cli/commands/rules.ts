// Owns `postern rules`: its options, what is printed, and the exit code.
import { Argument, type Command } from 'commander';
import type { RulePlan } from '../../interception/rules/rule-plan.ts';
import { findConfigFile } from '../config-file.ts';
import { exitCodes } from '../failure.ts';
import { type RuleOptions, wishesOf } from '../rules/rule-options.ts';

const kinds = ['nftables', 'iptables', 'ip6tables', 'routing'] as const;
type Kind = (typeof kinds)[number];

interface Options extends RuleOptions {
  readonly config?: string;
  readonly check?: boolean;
}

export function register(program: Command): void {
  program
    .command('rules')
    .description('print firewall rules that divert connections to the listeners with intercept')
    .addArgument(
      new Argument('<what>', 'for nft -f, iptables-restore, ip6tables-restore or sh').choices(
        kinds,
      ),
    )
    .option('-c, --config <file>', 'by default ./postern.yaml, else /etc/postern/postern.yaml')
    .option('--interface <name>', 'only connections that come in here; may be repeated', collect)
    .option('--clients <network>', 'only clients in this network; may be repeated', collect)
    .option('--except <network>', 'mail servers that are left alone; may be repeated', collect)
    .option('--port <listener=ports>', 'ports of mail servers, such as pop3=110,1110', collect)
    .option('--local <user>', 'also programs of this machine, but not those of who runs Postern')
    .option('--mark <number>', 'mark and routing table of TPROXY', '1110')
    .option('--check', 'print nothing to load, but look whether such rules are in place')
    .addHelpText(
      'after',
      '\nDiverted are port 995 for listeners with implicit TLS, else port 110. With --check the exit\ncode is 0 when all is in place, else 1.',
    )
    .action(rules);
}

function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

async function rules(kind: Kind, options: Options): Promise<void> {
  const [{ loadConfig }, { planRules }] = await Promise.all([
    import('../../config/load.ts'),
    import('../../interception/rules/rule-plan.ts'),
  ]);
  const wishes = wishesOf(options);
  const { config } = await loadConfig(await findConfigFile(options.config));
  const plan = planRules(config.listeners, wishes);
  if (options.check === true) return check(plan, kind);
  process.stdout.write(await textOf(plan, kind));
}

async function textOf(plan: RulePlan, kind: Kind): Promise<string> {
  const [{ nftablesRules }, { iptablesRules }, { routingCommands }] = await Promise.all([
    import('../../interception/rules/nftables.ts'),
    import('../../interception/rules/iptables.ts'),
    import('../../interception/rules/routing.ts'),
  ]);
  switch (kind) {
    case 'nftables':
      return nftablesRules(plan);
    case 'iptables':
      return iptablesRules(plan, 'ipv4');
    case 'ip6tables':
      return iptablesRules(plan, 'ipv6');
    case 'routing':
      return routingCommands(plan);
  }
}

const signs = { good: 'ok     ', missing: 'MISSING', unknown: 'UNKNOWN' } as const;

async function check(plan: RulePlan, kind: Kind): Promise<void> {
  const [{ checkRules, checkRouting }, { runTool }] = await Promise.all([
    import('../../interception/rules/check-rules.ts'),
    import('../rules/run-tool.ts'),
  ]);
  const findings =
    kind === 'routing' ? await checkRouting(plan, runTool) : await checkRules(plan, kind, runTool);
  for (const { level, text } of findings) console.log(`${signs[level]}  ${text}`);
  if (findings.some(({ level }) => level !== 'good')) process.exitCode = exitCodes.failure;
}
