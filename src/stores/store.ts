// Owns the ports behind which data is kept. No implementation here.
import type { TextMode } from '../pop3/capability.ts';

/** A replaced message and why it was replaced. */
export interface QuarantineRecord {
  /** The login name, printable. */
  readonly user: string;
  readonly upstreamHost: string;
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

export interface QuarantineFinding {
  readonly plugin: string;
  readonly finding: string;
  /** Name of the message part concerned. */
  readonly part?: string;
}

export interface StoredQuarantine {
  readonly id: string;
  /** False when the same message of the same account was there already. */
  readonly isNew: boolean;
}

/** Keeps the originals of messages that a client was not given. */
export interface Quarantine {
  /**
   * Returns once the message would survive a power failure; rejects, with nothing left behind,
   * when that cannot be promised. `content` is not read when the message is there already.
   */
  put(record: QuarantineRecord, content: AsyncIterable<Buffer>): Promise<StoredQuarantine>;
}

/** Remembers values that can be found out again. */
export interface Cache<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
}

/** Whose message, and in which form: a server may downgrade a message for a session without UTF-8. */
export interface AccountKey {
  /** The login name, printable. */
  readonly user: string;
  readonly upstreamHost: string;
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
