// Owns time limits on work. It never decides what a missed deadline means.
import type { Clock } from './clock.ts';
import type { AppError } from './errors.ts';

/** Runs `work` under a time limit; on expiry its signal aborts and the returned promise rejects with `onExpiry()`. */
export async function withDeadline<T>(
  clock: Clock,
  limitMs: number,
  parent: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
  onExpiry: () => AppError,
): Promise<T> {
  const controller = new AbortController();
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const stop = (reason: unknown): void => {
    controller.abort(reason);
    reject(reason);
  };
  const onParentAbort = (): void => stop(parent?.reason);
  if (parent?.aborted) throw parent.reason;
  parent?.addEventListener('abort', onParentAbort, { once: true });
  const timer = clock.after(limitMs, () => stop(onExpiry()));
  // Work that loses the race may still reject later; that must not become an unhandled rejection.
  expired.catch(() => {});
  try {
    const running = work(controller.signal);
    running.catch(() => {});
    return await Promise.race([running, expired]);
  } finally {
    timer.cancel();
    parent?.removeEventListener('abort', onParentAbort);
  }
}
