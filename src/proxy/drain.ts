// Owns the graceful stop: running commands finish, nothing new begins, and it ends in bounded time.
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Listener } from './listener.ts';

const graceMs = 10_000;

/** Sessions that were cut have this long to close what they hold. */
const closeMs = 1000;

/** Resolves when every session has ended; after ten seconds those left are cut and not waited for. */
export async function drain(
  listeners: readonly Listener[],
  clock: Clock,
  log: Logger,
): Promise<void> {
  for (const listener of listeners) listener.drain();
  const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<void>();
  const timers = [
    clock.after(graceMs, () => {
      log.warn({ graceMs }, 'sessions are cut because they did not end in time');
      for (const listener of listeners) listener.destroy();
      timers.push(clock.after(closeMs, giveUp));
    }),
  ];
  const idle = Promise.all(listeners.map((listener) => listener.idle()));
  await Promise.race([idle, givenUp]);
  for (const timer of timers) timer.cancel();
}
