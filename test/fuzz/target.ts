// Owns what a fuzz target is, and the means that several targets share. It knows no product code but errors.
import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { AppError } from '../../src/base/errors.ts';
import { Random } from './random.ts';

export interface FuzzTarget {
  /** Also the name of its folder in `corpus/`. */
  readonly name: string;
  /** Words of the protocol that chance alone would not find; one octet per character. */
  readonly dictionary: readonly string[];
  /** Throws when an invariant does not hold for this input. */
  check(input: Buffer): void;
  /** Runs the code once without checks, so that its time can be measured on large inputs. */
  exercise(input: Buffer): void;
}

/**
 * The input whole, octet by octet, and cut at two sets of places that depend on it: the same input
 * always gives the same cuts.
 */
export function chunkings(input: Buffer): readonly (readonly Buffer[])[] {
  const random = new Random(crc32(input));
  const octets = cut(input, () => 1);
  const small = cut(input, () => 1 + random.below(4));
  const large = cut(input, () => 1 + random.below(40));
  return [[input], octets, small, large];
}

/** For `exercise`: chunks small enough that work repeated per chunk shows. */
export function smallChunks(input: Buffer): readonly Buffer[] {
  return cut(input, () => 13);
}

function cut(input: Buffer, nextLength: () => number): readonly Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < input.length; ) {
    const end = Math.min(at + nextLength(), input.length);
    chunks.push(input.subarray(at, end));
    at = end;
  }
  return chunks;
}

/** The outcome must be the same for every chunking; returns it. */
export function sameForAllChunkings<T>(
  input: Buffer,
  outcomeOf: (chunks: readonly Buffer[]) => T,
): T {
  const [whole, ...others] = chunkings(input);
  const expected = outcomeOf(whole ?? []);
  for (const chunks of others) {
    const lengths = `chunks of ${chunks.map((chunk) => chunk.length).join(' ')}`;
    assert.deepEqual(outcomeOf(chunks), expected, lengths.slice(0, 400));
  }
  return expected;
}

/** The result, or undefined after the one error that the code documents; any other is a defect. */
export function unlessRefused<T>(code: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof AppError && error.code === code) return undefined;
    throw error;
  }
}

/** Lines without their LF, the last one too. */
export function linesOf(input: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = input.indexOf(0x0a); end !== -1; end = input.indexOf(0x0a, start)) {
    lines.push(input.subarray(start, end));
    start = end + 1;
  }
  lines.push(input.subarray(start));
  return lines;
}
