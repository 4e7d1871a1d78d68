// Owns the start of interception for one listener: what it needs of the system is there, or one clear error.
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { ListenerConfig } from '../config/schema.ts';
import { Interception, localEnd } from './interception.ts';
import { OwnAddresses } from './own-addresses.ts';

/** Undefined for a listener that clients connect to themselves. */
export async function openInterception(
  listener: ListenerConfig,
  clock: Clock,
): Promise<Interception | undefined> {
  const { name, intercept } = listener;
  if (intercept === undefined) return undefined;
  const own = new OwnAddresses(clock);
  if (intercept === 'tproxy') return new Interception(localEnd, own);
  throw new AppError('INTERCEPT_UNAVAILABLE', {
    fault: 'config',
    publicText: `listener ${name}: intercept: redirect is not possible here`,
  });
}
