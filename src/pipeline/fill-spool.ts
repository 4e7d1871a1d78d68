// Owns moving octets that somebody gives into a spool, no faster than it takes them.
import type { Spool } from './spool.ts';

/** `check` is asked before each piece and ends the work by throwing. */
export async function fillSpool(
  spool: Spool,
  pieces: AsyncIterable<Buffer>,
  check: () => void,
): Promise<void> {
  for await (const piece of pieces) {
    check();
    if (spool.write(piece)) continue;
    await new Promise<void>((resolve) => spool.onDrain(resolve));
  }
  spool.complete();
  await spool.until(Number.POSITIVE_INFINITY);
}
