// Owns the step from a spam assessment to a verdict with an action, beside those of the plugins.
import type { SpamConfig } from '../config/schema.ts';
import type { Action, NamedVerdict, SpamAssessment } from '../plugin-api/observation.ts';
import { block, flag, type Verdict } from '../plugin-api/verdict.ts';
import { compilePolicy, type Place } from './policy.ts';
import { assessSpam } from './spam-assessment.ts';
import { describeParts } from './spam-words.ts';

/** Who says so in headers, notices and records. */
const judge = 'postern';

export interface SpamPolicy {
  /** Undefined when no engine gave a score. */
  assess(verdicts: readonly NamedVerdict[]): SpamAssessment | undefined;
  /** For spam and for what may be spam; nothing for ham. */
  verdictOn(assessment: SpamAssessment, place: Place): NamedVerdict | undefined;
  /** All that it can lead to. */
  readonly actions: readonly Action[];
}

export function compileSpamPolicy(config: SpamConfig): SpamPolicy {
  const actionOf = compilePolicy({
    onBlock: config.onSpam,
    onFlag: config.onUnsure,
    onTempfail: 'defer',
    rules: config.rules.map(({ verdict, ...rule }) =>
      verdict === undefined ? rule : { ...rule, verdict: verdict === 'spam' ? 'block' : 'flag' },
    ),
  });
  return {
    assess: (verdicts) => assessSpam(verdicts, config),
    verdictOn(assessment, place) {
      const verdict = toVerdict(assessment);
      if (verdict === undefined) return undefined;
      const action = actionOf(verdict, place);
      return { plugin: judge, engine: judge, verdict, action, isShadow: false };
    },
    actions: [config.onSpam, config.onUnsure, ...config.rules.map(({ action }) => action)],
  };
}

function toVerdict(assessment: SpamAssessment): Verdict | undefined {
  switch (assessment.result) {
    case 'ham':
      return undefined;
    case 'unsure':
      return flag('maybe-spam', describeParts(assessment));
    case 'spam':
      return block('spam', {
        explanation: 'The message was recognised as unwanted mail.',
        evidence: describeParts(assessment),
      });
  }
}
