// Owns what is concluded from an answer that the client got: for the session, and for plugins.
import type { CommandOutcome } from '../plugin-api/context.ts';
import type { SessionAction, SessionEvent } from '../session/events.ts';
import type { DeliveryOutcome } from './deliver.ts';

/** A SASL challenge is neither. */
export function outcomeOfReply(reply: Buffer): CommandOutcome | undefined {
  const status = reply.toString('latin1', 0, 4);
  if (status.startsWith('+OK')) return { status: 'ok' };
  return status === '-ERR' ? { status: 'err' } : undefined;
}

export function outcomeOfDelivery({ kind }: DeliveryOutcome): CommandOutcome | undefined {
  if (kind === 'broken') return undefined;
  return { status: kind === 'delivered' ? 'ok' : 'err' };
}

/** What the session has to know to decide later whether the client may delete the message. */
export function eventOfDelivery(
  { message, bodyLines }: Extract<SessionAction, { kind: 'deliver' }>,
  outcome: DeliveryOutcome,
): SessionEvent | undefined {
  if (outcome.kind === 'refused') return { kind: 'messageRefused', message };
  if (outcome.kind === 'broken') return undefined;
  const { original } = outcome;
  // The top of a message is not the message.
  const isGiven = bodyLines === undefined || original !== undefined;
  return isGiven ? { kind: 'messageDelivered', message, original } : undefined;
}
