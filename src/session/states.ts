// Owns which command is legal in which state, and how states follow one another (RFC 1939 s.3).
// A state is one value of this table, never a set of flags.
import type { CommandName } from '../pop3/command.ts';

export type SessionState = 'AUTHORIZATION' | 'TRANSACTION' | 'UPDATE' | 'ENDED';

/** The states a command may be given in. */
export const legalStates: Readonly<Record<CommandName, readonly SessionState[]>> = {
  USER: ['AUTHORIZATION'],
  PASS: ['AUTHORIZATION'],
  AUTH: ['AUTHORIZATION'],
  STLS: ['AUTHORIZATION'],
  UTF8: ['AUTHORIZATION'],
  LANG: ['AUTHORIZATION', 'TRANSACTION'],
  CAPA: ['AUTHORIZATION', 'TRANSACTION'],
  QUIT: ['AUTHORIZATION', 'TRANSACTION'],
  STAT: ['TRANSACTION'],
  LIST: ['TRANSACTION'],
  UIDL: ['TRANSACTION'],
  RETR: ['TRANSACTION'],
  TOP: ['TRANSACTION'],
  DELE: ['TRANSACTION'],
  NOOP: ['TRANSACTION'],
  RSET: ['TRANSACTION'],
};

/** What moves a session from one state to the next. */
export type Move = 'logged in' | 'QUIT' | 'updated' | 'login limit' | 'lost';

export const transitions: readonly {
  readonly from: SessionState;
  readonly move: Move;
  readonly to: SessionState;
}[] = [
  { from: 'AUTHORIZATION', move: 'logged in', to: 'TRANSACTION' },
  { from: 'AUTHORIZATION', move: 'QUIT', to: 'ENDED' },
  { from: 'AUTHORIZATION', move: 'login limit', to: 'ENDED' },
  { from: 'AUTHORIZATION', move: 'lost', to: 'ENDED' },
  { from: 'TRANSACTION', move: 'QUIT', to: 'UPDATE' },
  // A client that vanishes or idles out deletes nothing: no way leads from here to UPDATE.
  { from: 'TRANSACTION', move: 'lost', to: 'ENDED' },
  { from: 'UPDATE', move: 'updated', to: 'ENDED' },
  { from: 'UPDATE', move: 'lost', to: 'ENDED' },
];

/** The next state. Throws on a move that the table does not have: that is a defect of ours. */
export function nextState(from: SessionState, move: Move): SessionState {
  const found = transitions.find((each) => each.from === from && each.move === move);
  if (found === undefined) throw new Error(`no transition from ${from} by ${move}`);
  return found.to;
}
