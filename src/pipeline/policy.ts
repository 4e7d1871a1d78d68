// Owns the step from what plugins found to what is done. Plugins judge; the configuration decides.
import { matchesGlob } from '../base/glob.ts';
import { NetworkSet } from '../base/network.ts';
import type { PluginConfig, PolicyRule } from '../config/schema.ts';
import type { Action, NamedVerdict } from '../plugin-api/observation.ts';
import { type BlockVerdict, block, type Verdict } from '../plugin-api/verdict.ts';

/** What the configuration says about the verdicts of one plugin. */
export type VerdictPolicy = Pick<PluginConfig, 'onBlock' | 'onFlag' | 'onTempfail' | 'rules'>;

/** Whose message it is and where it was asked for: what a rule may depend on. */
export interface Place {
  readonly listener: string;
  readonly route: string;
  /** The login name, printable. */
  readonly user: string;
  readonly clientAddress: string;
}

/** What a reader is told of one finding; flags and failed judgements that are acted on count as such. */
export interface Finding {
  readonly plugin: string;
  readonly block: BlockVerdict;
}

export type Decision =
  | { readonly action: 'pass' }
  /** Delivered; the findings are named in a header. */
  | { readonly action: 'tag'; readonly findings: readonly Finding[] }
  /** Delivered without these parts. */
  | {
      readonly action: 'strip';
      readonly findings: readonly Finding[];
      readonly paths: readonly string[];
    }
  | { readonly action: 'defer'; readonly reason: string }
  /** A notice takes the place of the message, or nothing at all does. */
  | { readonly action: 'hold' | 'replace' | 'hide'; readonly findings: readonly Finding[] };

/** Later ones win: what is known to be bad is replaced even when another scanner is down. */
const strength: readonly Action[] = ['pass', 'tag', 'strip', 'defer', 'hold', 'replace', 'hide'];

function stronger(a: Action, b: Action): Action {
  return strength.indexOf(b) > strength.indexOf(a) ? b : a;
}

/** The policy of one plugin, ready to be asked. */
export function compilePolicy(policy: VerdictPolicy): (verdict: Verdict, place: Place) => Action {
  const rules = policy.rules.map(compileRule);
  const { onBlock: ofBlock, onFlag: ofFlag, onTempfail: ofTempfail } = policy;
  const otherwise = { flag: ofFlag, block: ofBlock, tempfail: ofTempfail } as const;
  return (verdict, place) => {
    // A score alone decides nothing.
    if (verdict.kind === 'pass' || verdict.kind === 'score') return 'pass';
    return rules.find(({ fits }) => fits(verdict, place))?.action ?? otherwise[verdict.kind];
  };
}

interface CompiledRule {
  readonly action: Action;
  fits(verdict: Verdict, place: Place): boolean;
}

function compileRule(rule: PolicyRule): CompiledRule {
  const networks = rule.networks && new NetworkSet(rule.networks);
  const anyOf = (patterns: readonly string[] | undefined, text: string): boolean =>
    patterns?.some((pattern) => matchesGlob(pattern, text)) ?? true;
  return {
    action: rule.action,
    fits: (verdict, { listener, route, user, clientAddress }) =>
      (rule.verdict ?? verdict.kind) === verdict.kind &&
      anyOf(rule.findings, wordOf(verdict)) &&
      (rule.listeners?.includes(listener) ?? true) &&
      (rule.routes?.includes(route) ?? true) &&
      anyOf(rule.accounts, user) &&
      (networks?.contains(clientAddress) ?? true),
  };
}

/** What a rule's `findings` are compared with. */
function wordOf(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'block':
      return verdict.finding;
    case 'flag':
      return verdict.label;
    case 'tempfail':
      return verdict.reason;
    case 'pass':
    case 'score':
      return '';
  }
}

/** One decision from all verdicts; those of plugins in shadow do not count. */
export function decide(verdicts: readonly NamedVerdict[]): Decision {
  const counting = verdicts.filter(({ isShadow }) => !isShadow);
  if (counting.every((each) => each.action === 'pass')) return { action: 'pass' };
  const action = counting.map((each) => decisiveAction(each)).reduce(stronger, 'pass');
  const findings = counting
    .filter((each) => each.action !== 'pass' && each.action !== 'defer')
    .map(({ plugin, verdict }) => ({ plugin, block: asBlock(verdict) }));
  switch (action) {
    case 'pass':
      return { action };
    case 'defer':
      return { action, reason: reasonOf(counting) };
    case 'strip': {
      // What is only tagged stays in, although it names its parts too.
      const paths = counting
        .filter((each) => decisiveAction(each) === 'strip')
        .flatMap(({ verdict }) => (verdict.kind === 'block' ? (verdict.paths ?? []) : []));
      return { action, findings, paths: [...new Set(paths.map(partOfPath))] };
    }
    default:
      return { action, findings };
  }
}

/** What another reading finds in a part goes with that part. */
export function partOfPath(path: string): string {
  return path.split('~', 1)[0] ?? path;
}

/** Without the parts named, or with the message itself as one of them, there is nothing to strip. */
function decisiveAction({ action, verdict }: NamedVerdict): Action {
  if (action !== 'strip') return action;
  const paths = verdict.kind === 'block' ? verdict.paths : undefined;
  const isWhole = paths === undefined || paths.length === 0 || paths.map(partOfPath).includes('1');
  return isWhole ? 'replace' : 'strip';
}

function asBlock(verdict: Verdict): BlockVerdict {
  switch (verdict.kind) {
    case 'block':
      return verdict;
    case 'flag':
      return block(verdict.label);
    default:
      return block('not-checked', { explanation: 'The message could not be checked.' });
  }
}

function reasonOf(verdicts: readonly NamedVerdict[]): string {
  const deferring = verdicts.find(({ action }) => action === 'defer');
  return deferring === undefined ? 'judgement is not possible now' : wordOf(deferring.verdict);
}
