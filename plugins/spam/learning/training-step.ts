// Owns what one training has changed, so that it can be taken back later.
import type { FeatureGroup, Features } from '../features/features.ts';

/** Groups whose features are counted, besides being weighed. */
export type CountedGroup = Exclude<FeatureGroup, 'tail'>;
export const countedGroups: readonly CountedGroup[] = ['grams', 'words', 'traits', 'shape'];

export interface TrainingStep {
  readonly as: 'ham' | 'spam';
  readonly features: Pick<Features, FeatureGroup>;
  /** What every feature's weight was raised by, in units of a cell. */
  readonly weightDelta: number;
  /** How often the message was counted in each group. */
  readonly counted: Readonly<Record<CountedGroup, number>>;
}
