// Owns the start of interception for one listener: what it needs of the system is there, or one clear error.
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { ListenerConfig } from '../config/schema.ts';
import { Interception, localEnd } from './interception.ts';
import { redirectedFrom } from './original-destination.ts';
import { OwnAddresses } from './own-addresses.ts';
import { loadSocketCalls } from './socket-calls.ts';
import { isOurs } from './socket-owner.ts';
import { makeTransparent } from './transparency.ts';

/** Undefined for a listener that clients connect to themselves. Throws INTERCEPT_UNAVAILABLE. */
export async function openInterception(
  listener: ListenerConfig,
  clock: Clock,
): Promise<Interception | undefined> {
  const { name, intercept } = listener;
  if (intercept === undefined) return undefined;
  const calls = await loadSocketCalls();
  const own = new OwnAddresses(clock);
  if (intercept === 'tproxy') {
    return new Interception({
      own,
      isOurs,
      read: localEnd,
      prepare: (server) => makeTransparent(server, listener, calls),
    });
  }
  if (calls === undefined) {
    throw new AppError('INTERCEPT_UNAVAILABLE', {
      fault: 'config',
      publicText: `listener ${name}: intercept: redirect needs the npm package koffi, which is not installed or not fit for this machine; intercept: tproxy with a socket that is handed over does without`,
    });
  }
  return new Interception({ own, isOurs, read: redirectedFrom(calls), prepare: () => {} });
}
