// Owns the cutting of octets into chunks for tests of incremental code.
import fc from 'fast-check';

/** Octets rich in the given fragments, so that borders fall inside the interesting ones. */
export function octetsOf(...fragments: readonly string[]): fc.Arbitrary<Buffer> {
  const fragment = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...fragments) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }).map((o) => String.fromCharCode(o)) },
  );
  return fc
    .array(fragment, { maxLength: 60 })
    .map((parts) => Buffer.from(parts.join(''), 'latin1'));
}

/** Lengths of chunks, used round and round by `cut`. */
export const chunkLengths: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 1, max: 9 }), {
  minLength: 1,
  maxLength: 8,
});

export function cut(octets: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < octets.length; ) {
    const length = lengths[chunks.length % lengths.length] ?? 1;
    chunks.push(octets.subarray(at, at + length));
    at += length;
  }
  return chunks;
}
