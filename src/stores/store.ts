// Owns the ports behind which data is kept. No implementation here.
import type { TextMode } from '../pop3/capability.ts';

/** Whose maildrop. */
export interface MaildropOwner {
  /** The login name, printable. */
  readonly user: string;
  /** `pop.example.net`; with its port where that is none of POP3's own. */
  readonly upstreamHost: string;
}

/** A message that was kept from its reader, and why. */
export interface QuarantineRecord extends MaildropOwner {
  /** What was done in its place. */
  readonly action: KeptAction;
  /** Undefined when the upstream has no UIDL. */
  readonly uidl: string | undefined;
  /** Of the whole message, in lower-case hex. */
  readonly sha256: string;
  readonly octets: number;
  readonly findings: readonly QuarantineFinding[];
  readonly from: string | undefined;
  readonly subject: string | undefined;
  readonly date: string | undefined;
  readonly messageId: string | undefined;
  readonly sessionId: string;
  readonly clientAddress: string;
}

export type KeptAction = 'strip' | 'hold' | 'replace' | 'hide';

export interface QuarantineFinding {
  readonly plugin: string;
  readonly finding: string;
  /** Name of the message part concerned. */
  readonly part?: string;
}

/**
 * `held`: kept from the reader. `released`: comes back in the reader's next session. `collected`: the
 * reader got it and deleted it. `discarded`: deleted on purpose, so that the copy upstream may go too.
 * `expired`: the retention ran out; the copy upstream is the only one left. The content is there in the
 * first two states.
 */
export type QuarantineState = 'held' | 'released' | 'collected' | 'discarded' | 'expired';

export interface QuarantineEntry extends QuarantineRecord {
  /** 32 hex digits; the same for the same message in the same maildrop. */
  readonly id: string;
  /** Short, unguessable, for people to read out: `K7QF-2M9P-X4TD`. */
  readonly code: string;
  readonly state: QuarantineState;
  /** Milliseconds since 1970, as all times here. */
  readonly storedAtMs: number;
  readonly changedAtMs: number;
}

export interface StoredQuarantine {
  readonly id: string;
  readonly code: string;
  /** False when the same message of the same account was there already. */
  readonly isNew: boolean;
}

export interface QuarantineQuery {
  readonly owner?: Partial<MaildropOwner>;
  readonly states?: readonly QuarantineState[];
  /** Of messages with one of these UIDLs. */
  readonly uidls?: readonly string[];
  readonly storedSinceMs?: number;
  /** Latest first. */
  readonly limit?: number;
}

/** Keeps the originals of messages that a client was not given. */
export interface Quarantine {
  /**
   * Returns once the message would survive a power failure; rejects with QUARANTINE_FAILED, with
   * nothing left behind, when that cannot be promised. `content` is not read when the message is there
   * already. An entry whose content is gone (expired, discarded, collected) is held anew.
   */
  put(record: QuarantineRecord, content: AsyncIterable<Buffer>): Promise<StoredQuarantine>;
  /** Was anything ever kept for this owner, or any letter posted? Cheap: asked at each login. */
  concerns(owner: MaildropOwner): Promise<boolean>;
  /** By id or by code. */
  find(idOrCode: string): Promise<QuarantineEntry | undefined>;
  list(query: QuarantineQuery): Promise<QuarantineEntry[]>;
  /** The original, octet for octet. Rejects with QUARANTINE_DAMAGED when it is not what was stored. */
  read(id: string): AsyncIterable<Buffer>;
  /** Is the content there, whole and readable as a file? Says nothing of single octets. */
  isSafe(id: string): Promise<boolean>;
  /** Moves an entry to another state; content that the new state has no use for is removed. */
  mark(id: string, state: Exclude<QuarantineState, 'held'>): Promise<QuarantineEntry>;
  /** Applies the retention; returns how many entries expired. */
  expire(): Promise<number>;
  close(): void;
}

/** Letters that Postern itself puts into a maildrop, such as a digest of what was held. */
export interface Letter {
  /** 32 hex digits, random. */
  readonly id: string;
  readonly octets: number;
  readonly postedAtMs: number;
}

export interface LetterBox {
  /** Durable when it returns. */
  post(owner: MaildropOwner, content: Buffer): Promise<Letter>;
  /** Not yet deleted by the reader, in the order of posting. */
  list(owner: MaildropOwner): Promise<Letter[]>;
  read(id: string): Promise<Buffer>;
  delete(id: string): Promise<void>;
  /** When the last one was posted, deleted or not; undefined when none ever was. */
  lastPostedAtMs(owner: MaildropOwner): Promise<number | undefined>;
}

/** Remembers values that can be found out again. */
export interface Cache<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
}

/** Whose message, and in which form: a server may downgrade a message for a session without UTF-8. */
export interface AccountKey extends MaildropOwner {
  readonly textMode: TextMode;
}

/**
 * Remembers how many octets messages had when they were sent, where that differs from what the
 * upstream lists, so that the next listing tells the truth.
 */
export interface FinalSizes {
  /** Octets by UIDL, for all messages of an account that are remembered under this policy. */
  of(account: AccountKey, policy: string): ReadonlyMap<string, number>;
  remember(account: AccountKey, policy: string, uidl: string, octets: number): void;
  close(): void;
}
