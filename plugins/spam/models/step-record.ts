// Owns the octets in which a training step is kept: about one for each feature. What is left out is what the
// model does not look at.
import { slotRanges } from '../learning/cells.ts';
import { countedGroups, type TrainingStep } from '../learning/training-step.ts';

const version = 2;
const groups = ['grams', 'words', 'tail', 'traits', 'shape'] as const;
const headOctets = 2 + 4 + countedGroups.length;
/** More features than any message has. */
const maxFeatures = 100_000;

export function stepToRecord({ as, weightDelta, counted, features }: TrainingStep): Buffer {
  const lists = groups.map((group) => {
    const { shift } = slotRanges[group];
    return features[group].map((feature) => feature >>> shift).sort();
  });
  const octets = Buffer.alloc(
    headOctets + lists.reduce((sum, { length }) => sum + (length + 1) * 3, 0),
  );
  let at = octets.writeUInt8(version, 0);
  at = octets.writeUInt8(as === 'spam' ? 1 : 0, at);
  at = octets.writeInt32LE(weightDelta, at);
  for (const group of countedGroups) at = octets.writeUInt8(counted[group], at);
  for (const list of lists) {
    at = writeNumber(octets, at, list.length);
    let last = 0;
    for (const place of list) {
      at = writeNumber(octets, at, place - last);
      last = place;
    }
  }
  return octets.subarray(0, at);
}

/** Applied and reverted as the original is. Undefined for octets that are no step. */
export function stepFromRecord(record: Uint8Array): TrainingStep | undefined {
  const octets = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
  const label = octets[1];
  if (octets.length < headOctets || octets[0] !== version || (label !== 0 && label !== 1)) {
    return undefined;
  }
  const reader = new NumberReader(octets, headOctets);
  const grams = readList(reader, slotRanges.grams);
  const words = readList(reader, slotRanges.words);
  const tail = readList(reader, slotRanges.tail);
  const traits = readList(reader, slotRanges.traits);
  const shape = readList(reader, slotRanges.shape);
  if (!grams || !words || !tail || !traits || !shape || !reader.isAtEnd) return undefined;
  return {
    as: label === 1 ? 'spam' : 'ham',
    weightDelta: octets.readInt32LE(2),
    counted: {
      grams: octets[6] ?? 0,
      words: octets[7] ?? 0,
      traits: octets[8] ?? 0,
      shape: octets[9] ?? 0,
    },
    features: { grams, words, tail, traits, shape },
  };
}

/** The step that undoes it: applied where the other is reverted, and the other way round. */
export function inverse(step: TrainingStep): TrainingStep {
  const { grams, words, traits, shape } = step.counted;
  return {
    ...step,
    weightDelta: -step.weightDelta,
    counted: { grams: -grams, words: -words, traits: -traits, shape: -shape },
  };
}

function readList(
  reader: NumberReader,
  { shift }: { readonly shift: number },
): Uint32Array | undefined {
  const length = reader.next();
  if (length === undefined || length > maxFeatures) return undefined;
  const list = new Uint32Array(length);
  const end = 2 ** (32 - shift);
  let place = 0;
  for (let index = 0; index < length; index += 1) {
    const distance = reader.next();
    if (distance === undefined || place + distance >= end) return undefined;
    place += distance;
    list[index] = (place << shift) >>> 0;
  }
  return list;
}

/** Seven bits in each octet, the lowest first; the top bit says that more follow. */
function writeNumber(octets: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value;
  while (rest > 0x7f) {
    octets[at] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
    at += 1;
  }
  octets[at] = rest;
  return at + 1;
}

class NumberReader {
  readonly #octets: Buffer;
  #at: number;

  constructor(octets: Buffer, start: number) {
    this.#octets = octets;
    this.#at = start;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#octets.length;
  }

  /** At most 21 bits; undefined for anything else. */
  next(): number | undefined {
    let value = 0;
    for (let shift = 0; shift <= 14; shift += 7) {
      const octet = this.#octets[this.#at];
      if (octet === undefined) return undefined;
      this.#at += 1;
      value |= (octet & 0x7f) << shift;
      if (octet < 0x80) return value;
    }
    return undefined;
  }
}
