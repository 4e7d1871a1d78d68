// Owns the graceful stop: nobody new is let in, sessions end by themselves, then between two commands, then
// by force; all in bounded time.
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { ShutdownConfig } from '../config/schema.ts';
import type { Listener } from './listener.ts';

/** Sessions that were cut have this long to close what they hold. */
const closeMs = 1000;

/** After this it is over, whatever sessions do. */
export function longestDrainMs({ sessionsMs, commandsMs }: ShutdownConfig): number {
  return sessionsMs + commandsMs + closeMs;
}

/** Resolves when every session has ended; those that were cut are not waited for. */
export async function drain(
  listeners: readonly Listener[],
  { sessionsMs, commandsMs }: ShutdownConfig,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<void> {
  for (const listener of listeners) listener.close();
  const idle = Promise.all(listeners.map((listener) => listener.idle()));
  if ((await within(idle, sessionsMs, clock)) === 'over') return;
  for (const listener of listeners) listener.drain();
  if ((await within(idle, commandsMs, clock)) === 'over') return;
  log.warn({ sessionsMs, commandsMs }, 'sessions are cut because they did not end in time');
  for (const listener of listeners) listener.destroy();
  await within(idle, closeMs, clock);
}

async function within(
  work: Promise<unknown>,
  limitMs: number,
  clock: Clock,
): Promise<'over' | 'late'> {
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  const timer = clock.after(limitMs, () => resolve('late'));
  const result = await Promise.race([work.then(() => 'over' as const), late]);
  timer.cancel();
  return result;
}
