// Owns that what one plugin has found out about the origin of a message reaches those that judge it beside
// that one. Nothing here says what follows from it.
import { setImmediate } from 'node:timers/promises';
import type { SessionFacts } from './context.ts';
import type { MessageFacts } from './message-view.ts';

export interface SenderOrigin {
  /** Domains whose signatures are good, in lower case. */
  readonly signers: readonly string[];
  /** `pass`: the domain of the author vouches for the message. `unknown`: nothing could be found out. */
  readonly author: 'pass' | 'fail' | 'none' | 'unknown';
}

type Message = Pick<MessageFacts, 'session' | 'number'>;

/** A session may have any number of messages, and what is told of one is of no use for long. */
const mostOfSession = 100;

const told = new WeakMap<SessionFacts, Map<number, Promise<SenderOrigin | undefined>>>();

/** What plugins in shadow have in place of a session: they hear what others tell, and tell nobody. */
const unheard = new WeakMap<SessionFacts, SessionFacts>();

/** For a plugin in shadow, which must not decide anything through another one either. */
export function unheardSession(session: SessionFacts): SessionFacts {
  const copy = { ...session };
  unheard.set(copy, session);
  return copy;
}

/** At the start of `inspect`, before anything is waited for. A promise that rejects counts as nothing. */
export function tellOrigin({ session, number }: Message, origin: Promise<SenderOrigin>): void {
  if (unheard.has(session)) return;
  const ofSession = told.get(session) ?? new Map<number, Promise<SenderOrigin | undefined>>();
  told.set(session, ofSession);
  ofSession.delete(number);
  ofSession.set(
    number,
    origin.catch(() => undefined),
  );
  for (const oldest of ofSession.keys()) {
    if (ofSession.size <= mostOfSession) break;
    ofSession.delete(oldest);
  }
}

/** Undefined when no plugin of the chain has anything to tell. */
export async function originOf({ session, number }: Message): Promise<SenderOrigin | undefined> {
  // Inspectors start one after the other; by then each of them has.
  await setImmediate();
  return await told.get(unheard.get(session) ?? session)?.get(number);
}
