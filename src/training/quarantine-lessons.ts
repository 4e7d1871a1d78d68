// Owns releasing and deleting what is in quarantine together with what that says about spam, for whoever
// does it: the lesson is written down by the process that does it, and given by one that has the plugins.
import type { TrainingConfig } from '../config/schema.ts';
import { hasContent } from '../stores/quarantine-states.ts';
import type { Quarantine, QuarantineEntry } from '../stores/store.ts';
import type { TrainingStore } from '../stores/training-store.ts';
import { firstOctets } from './bounded-octets.ts';
import { concernsSpam } from './spam-findings.ts';

/** What was done with the lesson; `none`: there is nothing to learn from it. */
export type NotedWord = 'noted' | 'none' | 'failed';

export interface QuarantineLessonsParts {
  readonly config: Pick<TrainingConfig, 'quarantine' | 'keep'>;
  /** Undefined where nothing is learned from quarantine. */
  readonly store: TrainingStore | undefined;
  readonly quarantine: Quarantine;
}

const words = { released: 'ham', discarded: 'spam' } as const;

/** Moves the entry to that state; one that is in it already stays as it is, and teaches nothing again. */
export async function settleEntry(
  entry: QuarantineEntry,
  state: 'released' | 'discarded',
  { config, store, quarantine }: QuarantineLessonsParts,
): Promise<NotedWord> {
  const weight = weightOf(entry, state, config);
  if (store === undefined || weight === undefined) {
    await quarantine.mark(entry.id, state);
    return 'none';
  }
  // Before a deletion takes the content away.
  const message = await keep(entry, quarantine, store, config.keep.messageBytes);
  await quarantine.mark(entry.id, state);
  if (message === undefined) return 'failed';
  try {
    store.note({ message, what: words[state], weight, source: 'quarantine' });
    return 'noted';
  } catch {
    return 'failed';
  }
}

function weightOf(
  { state: before, findings }: QuarantineEntry,
  state: 'released' | 'discarded',
  { quarantine }: Pick<TrainingConfig, 'quarantine'>,
): 'correction' | 'confirmation' | undefined {
  if (quarantine === undefined || before === state || !hasContent(before)) return undefined;
  // What a virus scanner alone has held is no example of spam, and none of the opposite.
  if (!concernsSpam(findings, quarantine.plugins)) return undefined;
  const weight = state === 'released' ? quarantine.release : quarantine.discard;
  return weight === 'none' ? undefined : weight;
}

/** Undefined when it cannot be kept, which is no reason to leave the entry as it is. */
async function keep(
  { id, user, upstreamHost, uidl, sha256 }: QuarantineEntry,
  quarantine: Quarantine,
  store: TrainingStore,
  maxBytes: number,
): Promise<Buffer | undefined> {
  try {
    const identity = { account: { user, upstreamHost }, uidl, sha256 };
    return await store.keep(identity, 'spam', () => firstOctets(quarantine.read(id), maxBytes));
  } catch {
    return undefined;
  }
}
