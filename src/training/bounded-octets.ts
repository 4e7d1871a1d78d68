// Owns taking no more octets of a message than are wanted.

/** The first of them, in one piece. */
export async function firstOctets(
  pieces: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<Buffer> {
  const taken: Buffer[] = [];
  let left = maxBytes;
  for await (const piece of pieces) {
    taken.push(left < piece.length ? piece.subarray(0, left) : piece);
    left -= piece.length;
    if (left <= 0) break;
  }
  return Buffer.concat(taken);
}
