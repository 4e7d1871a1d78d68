// Owns the score of a message for one account: its own lessons, over those that all have in common, over
// what every model begins with.
import type { ScoreReason } from '#plugin-api';
import type { Features } from './features/features.ts';
import type { SpamModel } from './learning/model.ts';
import { everybody, type Owner } from './models/owner.ts';
import type { Shelf } from './models/shelf.ts';

export interface Judgement {
  readonly logOdds: number;
  readonly reasons: readonly ScoreReason[];
}

/** Below these odds nobody asks why, and finding out costs more than the judgement. */
const explainedFrom = -2;

/** `all`: with reasons, however little it looks like spam. */
export function judge(
  shelf: Shelf,
  owner: Owner,
  features: Features,
  reasons: 'all' | 'of-spam',
): Judgement {
  const own = owner.user === everybody.user ? undefined : shelf.find(owner);
  const shared = shelf.find(everybody);
  const logOdds = addUp(features, own, shared, shelf.base);
  if (reasons === 'of-spam' && logOdds < explainedFrom) return { logOdds, reasons: [] };
  const explained = (own ?? shared ?? shelf.base).explain(features);
  return { logOdds, reasons: explained.map(toScoreReason) };
}

/** Both have grown from the same beginning: what each has learned beyond it adds up. */
function addUp(
  features: Features,
  own: SpamModel | undefined,
  shared: SpamModel | undefined,
  base: SpamModel,
): number {
  const of = (model: SpamModel): number => model.classify(features).logOdds;
  if (own === undefined || shared === undefined) return of(own ?? shared ?? base);
  return of(own) + of(shared) - of(base);
}

/** The number of a feature tells a person nothing. */
function toScoreReason({ name, logOdds, text }: ScoreReason): ScoreReason {
  return { name: text === undefined || text === '' ? name : text, logOdds };
}
