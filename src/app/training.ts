// Owns getting ready what training needs: the store with its key, links, and what deliveries do for it. Each
// process has its own connection to the same store.
import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Config, TrainingConfig } from '../config/schema.ts';
import { loadTrainingKey } from '../stores/training-key.ts';
import {
  openTrainingStore,
  type TrainingLimits,
  type TrainingStore,
  trainingFile,
} from '../stores/training-store.ts';
import { TrainingLinks } from '../training/training-links.ts';

export interface OpenTraining {
  readonly store: TrainingStore;
  readonly key: KeyObject;
}

const dayMs = 86_400_000;
/** Where there are no links: long enough for lessons that wait for an engine. */
const usualDays = 14;

/** Readers or an administrator can teach in some other way than by command. */
export function isTrainingUsed({ links, quarantine, mailboxes }: TrainingConfig): boolean {
  return links !== undefined || quarantine !== undefined || mailboxes.length > 0;
}

/** Throws TRAINING_KEY_UNUSABLE or STORE_UNUSABLE. */
export async function openTraining(
  { training, state }: Pick<Config, 'training' | 'state'>,
  clock: Clock,
): Promise<OpenTraining> {
  const key = await loadTrainingKey(state.folder);
  const file = join(state.folder, trainingFile);
  return { key, store: openTrainingStore(file, key, clock, limitsOf(training)) };
}

export function limitsOf({ links, keep }: TrainingConfig): TrainingLimits {
  // A day more, so that no link outlives its message.
  const maxAgeMs = ((links?.validForDays ?? usualDays) + 1) * dayMs;
  return { maxAgeMs, maxMessages: keep.maxMessages, maxBytes: keep.maxBytes };
}

/** Undefined without `training.links`. */
export function linksOf(
  { links }: TrainingConfig,
  { key }: OpenTraining,
  clock: Clock,
): TrainingLinks | undefined {
  return links && new TrainingLinks(key, links, clock);
}
