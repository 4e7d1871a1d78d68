// Owns the end of reading when nobody wants the octets any longer.

/** The same pieces; throws the reason of the signal in place of the next one once it has aborted. */
export async function* abortable(
  pieces: AsyncIterable<Buffer>,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, void> {
  for await (const piece of pieces) {
    signal.throwIfAborted();
    yield piece;
  }
}
