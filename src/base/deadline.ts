// Owns time limits on work. It never decides what a missed deadline means.
import type { Clock } from './clock.ts';
import type { AppError } from './errors.ts';

/** Runs `work` under a time limit; on expiry its signal aborts and the returned promise rejects with `onExpiry()`. */
export function withDeadline<T>(
  clock: Clock,
  limitMs: number,
  parent: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
  onExpiry: () => AppError,
): Promise<T> {
  return new Promise((resolve, reject) => {
    parent?.throwIfAborted();
    const controller = new AbortController();
    const release = (): void => {
      timer.cancel();
      parent?.removeEventListener('abort', onParentAbort);
    };
    // Work that loses the race may still settle later, which then changes nothing.
    const fail = (reason: unknown): void => {
      release();
      reject(reason);
    };
    const stop = (reason: unknown): void => {
      controller.abort(reason);
      fail(reason);
    };
    const onParentAbort = (): void => stop(parent?.reason);
    parent?.addEventListener('abort', onParentAbort, { once: true });
    const timer = clock.after(limitMs, () => stop(onExpiry()));
    try {
      work(controller.signal).then((result) => {
        release();
        resolve(result);
      }, fail);
    } catch (error) {
      fail(error);
    }
  });
}
