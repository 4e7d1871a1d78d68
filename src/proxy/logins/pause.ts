// Owns the time that a login is held up, for as long as somebody waits for it.
import type { Clock } from '../../base/clock.ts';

/** Throws the reason of the signal. */
export async function pause(delayMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = clock.after(delayMs, resolve);
  try {
    await promise;
  } finally {
    timer.cancel();
    signal.removeEventListener('abort', onAbort);
  }
}
