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

const groups: readonly FeatureGroup[] = ['grams', 'words', 'tail', 'traits', 'shape'];
const headOctets = 1 + 4 + countedGroups.length + groups.length * 4;

/** For a store: about four octets for each feature. */
export function stepToBuffer(step: TrainingStep): Buffer {
  const lists = groups.map((group) => step.features[group]);
  const head = Buffer.alloc(headOctets);
  let at = head.writeUInt8(step.as === 'spam' ? 1 : 0, 0);
  at = head.writeInt32LE(step.weightDelta, at);
  for (const group of countedGroups) at = head.writeUInt8(step.counted[group], at);
  for (const list of lists) at = head.writeUInt32LE(list.length, at);
  const bodies = lists.map((list) => Buffer.from(list.buffer, list.byteOffset, list.byteLength));
  return Buffer.concat([head, ...bodies]);
}

/** Undefined for octets that are no step. */
export function stepFromBuffer(octets: Buffer): TrainingStep | undefined {
  if (octets.length < headOctets) return undefined;
  const [grams = 0, words = 0, tail = 0, traits = 0, shape = 0] = groups.map((_, index) =>
    octets.readUInt32LE(headOctets - 4 * (groups.length - index)),
  );
  if (headOctets + 4 * (grams + words + tail + traits + shape) !== octets.length) return undefined;
  let start = headOctets;
  const take = (length: number): Uint32Array => {
    const list = new Uint32Array(length);
    for (let index = 0; index < length; index += 1) {
      list[index] = octets.readUInt32LE(start + 4 * index);
    }
    start += 4 * length;
    return list;
  };
  return {
    as: octets[0] === 1 ? 'spam' : 'ham',
    weightDelta: octets.readInt32LE(1),
    counted: {
      grams: octets[5] ?? 0,
      words: octets[6] ?? 0,
      traits: octets[7] ?? 0,
      shape: octets[8] ?? 0,
    },
    features: {
      grams: take(grams),
      words: take(words),
      tail: take(tail),
      traits: take(traits),
      shape: take(shape),
    },
  };
}
