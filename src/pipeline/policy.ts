// Owns the step from what plugins found to what is done. Plugins judge; the configuration decides.
import type { Action, NamedVerdict } from '../plugin-api/context.ts';
import type { BlockVerdict } from '../plugin-api/verdict.ts';
import type { LoadedPlugin } from './plugin.ts';

export interface Finding {
  readonly plugin: string;
  readonly block: BlockVerdict;
}

export type Decision =
  | { readonly action: 'pass' }
  /** Delivered; the findings are named in a header. */
  | { readonly action: 'tag'; readonly findings: readonly Finding[] }
  /** A notice takes the place of the message. */
  | { readonly action: 'replace'; readonly findings: readonly Finding[] }
  | { readonly action: 'defer'; readonly reason: string };

/** Later ones win: what is known to be bad is replaced even when another scanner is down. */
const strength: readonly Action[] = ['pass', 'tag', 'defer', 'replace'];

function stronger(a: Action, b: Action): Action {
  return strength.indexOf(b) > strength.indexOf(a) ? b : a;
}

/** One decision from all verdicts. `onBlock` of an unknown plugin (our own findings) is replace. */
export function decide(
  verdicts: readonly NamedVerdict[],
  plugins: readonly Pick<LoadedPlugin, 'name' | 'policy'>[],
): Decision {
  let action: Action = 'pass';
  let reason = 'judgement is not possible now';
  const findings: Finding[] = [];
  for (const { plugin, verdict } of verdicts) {
    if (verdict.kind === 'tempfail') {
      action = stronger(action, 'defer');
      reason = verdict.reason;
    }
    if (verdict.kind === 'block') {
      const onBlock = plugins.find((each) => each.name === plugin)?.policy.onBlock ?? 'replace';
      action = stronger(action, onBlock);
      if (onBlock === 'defer') reason = verdict.finding;
      if (onBlock !== 'pass') findings.push({ plugin, block: verdict });
    }
  }
  switch (action) {
    case 'pass':
      return { action };
    case 'defer':
      return { action, reason };
    default:
      return { action, findings };
  }
}
