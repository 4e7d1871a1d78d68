// Owns how an input is changed into another one. All chance comes from the generator that is passed in.
import type { Random } from './random.ts';

export interface MutationSource {
  readonly random: Random;
  /** Inputs to splice with. */
  readonly corpus: readonly Buffer[];
  readonly dictionary: readonly string[];
  readonly maxOctets: number;
}

type Mutation = (input: Buffer, source: MutationSource) => Buffer;

/** Octets that mean something in lines, headers or encodings, or are none of ASCII. */
const tellingOctets = Buffer.from('\r\n.\0 \t-=?:;"\\()+%*/_\x7f\x80\xa0\xff', 'latin1');

/** One to eight mutations, one being the likeliest. */
export function mutate(input: Buffer, source: MutationSource): Buffer {
  let mutated = input;
  do {
    mutated = source.random.pick(mutations)(mutated, source);
  } while (source.random.below(2) === 0);
  return mutated.subarray(0, source.maxOctets);
}

function replaced(input: Buffer, start: number, end: number, by: Buffer): Buffer {
  return Buffer.concat([input.subarray(0, start), by, input.subarray(end)]);
}

function token({ random, dictionary }: MutationSource): Buffer {
  return dictionary.length === 0
    ? Buffer.of(random.below(256))
    : Buffer.from(random.pick(dictionary), 'latin1');
}

function range(input: Buffer, { random }: MutationSource): { start: number; end: number } {
  const start = random.below(input.length + 1);
  const longest = random.below(4) === 0 ? input.length : 16;
  return { start, end: Math.min(start + random.below(longest + 1), input.length) };
}

const mutations: readonly Mutation[] = [
  function flipBit(input, { random }) {
    const at = random.below(input.length + 1);
    return replaced(input, at, at + 1, Buffer.of((input[at] ?? 0) ^ (1 << random.below(8))));
  },
  function setOctet(input, { random }) {
    const at = random.below(input.length + 1);
    const octet = tellingOctets[random.below(tellingOctets.length)] ?? random.below(256);
    return replaced(input, at, at + 1, Buffer.of(octet));
  },
  function insertOctet(input, { random }) {
    const at = random.below(input.length + 1);
    const octet = tellingOctets[random.below(2 * tellingOctets.length)] ?? random.below(256);
    return replaced(input, at, at, Buffer.of(octet));
  },
  function insertToken(input, source) {
    const at = source.random.below(input.length + 1);
    return replaced(input, at, at, token(source));
  },
  function replaceByToken(input, source) {
    const { start, end } = range(input, source);
    return replaced(input, start, end, token(source));
  },
  function remove(input, source) {
    const { start, end } = range(input, source);
    return replaced(input, start, end, Buffer.alloc(0));
  },
  function repeat(input, source) {
    const { start, end } = range(input, source);
    const times = 1 << source.random.below(5);
    const piece = input.subarray(start, end).toString('latin1');
    return replaced(input, end, end, Buffer.from(piece.repeat(times), 'latin1'));
  },
  function move(input, source) {
    const { start, end } = range(input, source);
    const without = replaced(input, start, end, Buffer.alloc(0));
    const at = source.random.below(without.length + 1);
    return replaced(without, at, at, input.subarray(start, end));
  },
  function splice(input, source) {
    const other = source.random.pick(source.corpus);
    const head = input.subarray(0, source.random.below(input.length + 1));
    return Buffer.concat([head, other.subarray(source.random.below(other.length + 1))]);
  },
  function insertFromOther(input, source) {
    const other = source.random.pick(source.corpus);
    const { start, end } = range(other, source);
    const at = source.random.below(input.length + 1);
    return replaced(input, at, at, other.subarray(start, end));
  },
];
