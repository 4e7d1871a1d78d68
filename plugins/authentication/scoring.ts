// Owns the step from results to a score, where the administrator wants the origin of a message to count
// for spam instead of being flagged. Pure.
import { type ScoreReason, type ScoreVerdict, score } from '#plugin-api';
import type { DmarcPolicy, Outcome } from './outcome.ts';

/** Domains that rely on SPF alone fail here, so that a failure proves less than the policy asks for. */
const failures: Readonly<Record<DmarcPolicy, number>> = { none: 0.5, quarantine: 1, reject: 1.5 };

/** Whoever sends spam can sign it as well: a good signature says little. */
export function toScore(outcome: Outcome): ScoreVerdict {
  const reasons = reasonsOf(outcome);
  const sum = reasons.reduce((total, { logOdds }) => total + logOdds, 0);
  return score(sum, reasons);
}

function reasonsOf({ dkim, dmarc, arc, dns }: Outcome): ScoreReason[] {
  const about = dmarc.domain === undefined ? {} : { text: dmarc.domain };
  if (dmarc.status === 'pass') {
    return dmarc.openOctets > 0 ? [] : [{ name: 'dmarc-pass', logOdds: -0.5, ...about }];
  }
  // Without the DNS nobody knows whether a signature would have been good.
  if (dns === 'failed') return [];
  const reasons: ScoreReason[] = [];
  if (dmarc.status === 'fail') {
    reasons.push({ name: 'dmarc-fail', logOdds: failures[dmarc.policy ?? 'none'], ...about });
  }
  if (dmarc.status === 'permerror') reasons.push({ name: 'dmarc-permerror', logOdds: 1 });
  const hasGood = dkim.some(({ status }) => status === 'pass');
  if (hasGood) reasons.push({ name: 'dkim-pass', logOdds: -0.2 });
  else if (dkim.length > 0) reasons.push({ name: 'dkim-fail', logOdds: 0.5 });
  if (arc === 'fail') reasons.push({ name: 'arc-fail', logOdds: 0.3 });
  return reasons.toSorted((a, b) => Math.abs(b.logOdds) - Math.abs(a.logOdds));
}
