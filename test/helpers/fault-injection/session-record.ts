// Owns the words in which a session is told afterwards: what the client asked for and what it got.

/** Something that came with the terminator behind it, as the client would store it. */
export interface ReceivedMessage {
  readonly uidl: string;
  readonly status: string;
  readonly body: Buffer;
  /** Of the body, for TOP; undefined for RETR. */
  readonly lines: number | undefined;
}

export interface RefusedMessage {
  readonly uidl: string;
  readonly command: 'RETR' | 'TOP';
  readonly status: string;
}

/**
 * Why the client deletes: it has all of the message, or something in its place; it trusts the server
 * to say no if it does not get it; it does not want the message at all.
 */
export type DeletionMotive = 'has it' | 'blind' | 'unwanted';

export interface Deletion {
  readonly uidl: string;
  readonly motive: DeletionMotive;
  /** `none`: the answer has not come. */
  readonly reply: 'ok' | 'err' | 'none';
}

export interface SessionRecord {
  /** `refused`: -ERR; `lost`: the connection ended first. */
  readonly login: 'ok' | 'refused' | 'lost';
  readonly received: readonly ReceivedMessage[];
  readonly refused: readonly RefusedMessage[];
  /** Messages of which the beginning came, or nothing, and then the end of the connection. */
  readonly cut: readonly string[];
  readonly deletions: readonly Deletion[];
  /** RSET, which takes the deletions back; `sent` without an answer may or may not have. */
  readonly reset: 'no' | 'sent' | 'ok';
  /** How far QUIT got. */
  readonly quit: 'no' | 'sent' | 'ok' | 'refused';
  /** The client broke off by itself, before it had taken what it asked for. */
  readonly isDeserted: boolean;
  /** The server owed an answer for too long. */
  readonly isSilent: boolean;
  /** All octets that came, messages that broke off included. */
  readonly octets: Buffer;
}

/** What a session meant for one message, for the report of a failure; empty when nothing. */
export function storyOf(uidl: string, session: SessionRecord): string {
  const { received, refused, cut, deletions, reset, quit, isDeserted } = session;
  const facts = [
    ...received
      .filter((each) => each.uidl === uidl)
      .map(({ body, lines }) => `${lines === undefined ? 'RETR' : 'TOP'} gave ${body.length}`),
    ...refused
      .filter((each) => each.uidl === uidl)
      .map(({ command, status }) => `${command} got ${status}`),
    ...cut.filter((each) => each === uidl).map(() => 'cut'),
    ...deletions
      .filter((each) => each.uidl === uidl)
      .map(({ motive, reply }) => `DELE (${motive}) got ${reply}`),
  ];
  if (facts.length === 0) return '';
  const end = [`RSET ${reset}`, `QUIT ${quit}`, ...(isDeserted ? ['deserted'] : [])];
  return [...facts, ...end].join(', ');
}
