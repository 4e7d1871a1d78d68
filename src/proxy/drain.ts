// Owns the graceful stop: running commands finish, nothing new begins, and it ends in bounded time.
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Listener } from './listener.ts';

const graceMs = 10_000;

/** Resolves when every session has ended; after ten seconds those left are cut. */
export async function drain(
  listeners: readonly Listener[],
  clock: Clock,
  log: Logger,
): Promise<void> {
  for (const listener of listeners) listener.drain();
  const timer = clock.after(graceMs, () => {
    log.warn({ graceMs }, 'sessions are cut because they did not end in time');
    for (const listener of listeners) listener.destroy();
  });
  await Promise.all(listeners.map((listener) => listener.idle()));
  timer.cancel();
}
