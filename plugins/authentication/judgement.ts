// Owns the step from results to a verdict. By default none of them keeps a message back. Pure.
import { block, flag, pass, tempfail, type Verdict } from '#plugin-api';
import type { BlockReason, DnsFailurePolicy } from './options.ts';
import type { Outcome } from './outcome.ts';
import { describeOutcome } from './results-field.ts';

export interface JudgementPolicy {
  readonly block: ReadonlySet<BlockReason>;
  readonly onDnsFailure: DnsFailurePolicy;
}

export function judge(outcome: Outcome, policy: JudgementPolicy): Verdict {
  const evidence = describeOutcome(outcome);
  const { dmarc, dkim } = outcome;
  if (dmarc.status === 'pass') {
    // Anybody can have added to a body whose end is not signed.
    return dmarc.openOctets > 0 ? flag('dkim-partly-signed', evidence) : pass();
  }
  // Without the DNS nobody knows whether a signature would have been good: no ground for a block.
  if (outcome.dns === 'failed') {
    return policy.onDnsFailure === 'tempfail'
      ? tempfail('the DNS does not answer')
      : flag('authentication-temperror', evidence);
  }
  const reason = blockReason(outcome);
  if (reason !== undefined && policy.block.has(reason)) {
    return block(reason, { explanation: explanations[reason], evidence });
  }
  if (dmarc.status === 'fail') return flag('dmarc-fail', evidence);
  if (dmarc.status === 'permerror') return flag('dmarc-permerror', evidence);
  if (outcome.scope === 'limited') return flag('authentication-limit', evidence);
  if (dkim.length > 0 && dkim.every(({ status }) => status !== 'pass')) {
    return flag('dkim-fail', evidence);
  }
  return outcome.arc === 'fail' ? flag('arc-fail', evidence) : pass();
}

const explanations: Readonly<Record<BlockReason, string>> = {
  'dmarc-reject':
    'The sender cannot be shown to be who the message says, and the domain of that sender asks for such messages to be refused.',
  'dmarc-quarantine':
    'The sender cannot be shown to be who the message says, and the domain of that sender asks for such messages to be put aside.',
  'dmarc-permerror': 'The message does not name one sender whose domain could be asked.',
};

function blockReason({ dmarc }: Outcome): BlockReason | undefined {
  if (dmarc.status === 'permerror') return 'dmarc-permerror';
  if (dmarc.status !== 'fail') return undefined;
  switch (dmarc.policy) {
    case 'reject':
      return 'dmarc-reject';
    case 'quarantine':
      return 'dmarc-quarantine';
    default:
      return undefined;
  }
}
