// Owns what a list takes from lessons, and from what a reader wants of a sender.
import type { Clock, Lesson, LessonOutcome, SenderWish } from '#plugin-api';
import type { KeptSenders } from './kept-senders.ts';
import type { SenderListsOptions } from './options.ts';
import { sendersOf } from './senders.ts';

/** Strong, but not final: the message may have been an exception. */
const taughtOdds = -5;

const learned: LessonOutcome = { kind: 'learned' };

export interface LessonRules {
  readonly rememberMs: SenderListsOptions['rememberMs'];
  readonly clock: Clock;
}

export async function learn(
  { account, as, weight, source, message }: Lesson,
  kept: KeptSenders,
  { rememberMs, clock }: LessonRules,
): Promise<LessonOutcome> {
  if (account === undefined) return unchanged('senders are remembered for one account only');
  const { author } = sendersOf(await message.headers());
  if (author === undefined) return unchanged('it is not clear whom the message is from');
  // Most senders of spam are made up, and some are taken from honest people: no ground for a block.
  if (as !== 'ham') {
    return kept.forget(account, author.address)
      ? learned
      : unchanged('the sender was not on the list');
  }
  if (weight !== 'correction') return unchanged('a confirmation says nothing of the sender');
  const origin = source === 'quarantine' ? 'released' : 'corrected';
  const durationMs = rememberMs[origin];
  if (durationMs === undefined) return unchanged('such senders are not remembered');
  const isNew = kept.remember({
    account,
    entry: author.address,
    origin,
    logOdds: taughtOdds,
    untilMs: clock.nowMs() + durationMs,
  });
  return isNew ? learned : unchanged('the sender is on a list already');
}

export async function heedSender(
  { account, as, message }: SenderWish,
  kept: KeptSenders,
): Promise<LessonOutcome> {
  const { author, all } = sendersOf(await message.headers());
  // Whoever hides behind two senders can be blocked by the first, and is never allowed.
  const sender = author ?? (as === 'allow' ? undefined : all[0]);
  if (sender === undefined) return unchanged('it is not clear whom the message is from');
  if (as === 'forget') {
    return kept.remove(account, sender.address)
      ? learned
      : unchanged('the sender was not on the list');
  }
  try {
    kept.put({ account, list: as, entry: sender.address, untilMs: undefined }, 'reader');
    return learned;
  } catch (error) {
    if (error instanceof RangeError) return unchanged(error.message);
    throw error;
  }
}

function unchanged(reason: string): LessonOutcome {
  return { kind: 'unchanged', reason };
}
