// Owns how a message is read for a plugin: fairly towards other sessions, and only as long as somebody
// wants the octets.
import { GiveWay } from '../base/give-way.ts';

/** The same pieces; throws the reason of the signal in place of the next one once it has aborted. */
export async function* abortable(
  pieces: AsyncIterable<Buffer>,
  signal: Pick<AbortSignal, 'throwIfAborted'>,
): AsyncGenerator<Buffer, void, void> {
  const loop = new GiveWay();
  for await (const piece of pieces) {
    if (loop.isDue) await loop.giveWay();
    signal.throwIfAborted();
    yield piece;
  }
}
