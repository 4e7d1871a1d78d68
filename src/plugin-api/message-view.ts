// Owns what a plugin can read of a message while it arrives.
import type { AccountFacts, SessionFacts } from './context.ts';

/** Identity of one message in a maildrop. */
export interface MessageFacts {
  readonly session: SessionFacts;
  readonly account: AccountFacts;
  /** Message number of this session, from 1. */
  readonly number: number;
  /** Undefined when the upstream has no UIDL. */
  readonly uidl: string | undefined;
  /** Octets as listed by the upstream. */
  readonly listedOctets: number;
}

/** Read access to a header block. Names match without regard to case. */
export interface HeaderReader {
  /** Value of the first field of that name: unfolded, as octets in latin1. */
  get(name: string): string | undefined;
  /** Values of all fields of that name, in order. */
  all(name: string): string[];
  /** Value of the first field, with RFC 2047 encoded words decoded, for reading by people. */
  text(name: string): string | undefined;
  /** All fields in order. */
  entries(): Iterable<{ readonly name: string; readonly value: string }>;
}

/** One leaf or container of the MIME tree, yielded in the order of the message. */
export interface MessagePart {
  /** `1`, `1.2`, `1.2.1`: position in the tree. */
  readonly path: string;
  /** Nesting, 0 for the message itself. */
  readonly depth: number;
  readonly headers: HeaderReader;
  /** Declared type in lower case, `text/plain` by default. */
  readonly contentType: string;
  /** Every name this part claims (filename, name, encoded and continued forms), decoded, without duplicates. */
  readonly fileNames: readonly string[];
  /** True for multipart/* and message/rfc822: its children follow as parts of their own. */
  readonly isContainer: boolean;
  /** The first decoded octets, at most `maxBytes`. May be followed by `content()`. */
  head(maxBytes: number): Promise<Buffer>;
  /** Decoded content (base64 and quoted-printable undone), once, before the next part is asked for. */
  content(): AsyncIterable<Buffer>;
}

/** A message while it arrives: every reader waits for octets that are still on their way. */
export interface MessageView extends MessageFacts {
  /** Aborts when the result is no longer wanted: deadline, client gone, verdict already known. */
  readonly signal: AbortSignal;
  /** The header block, as soon as it is there. */
  headers(): Promise<HeaderReader>;
  /** All octets of the message as the client would store them (not dot-stuffed); may be read several times. */
  bytes(): AsyncIterable<Buffer>;
  /** Walks the MIME tree, with limits on depth and number of parts. */
  parts(): AsyncIterable<MessagePart>;
  /**
   * What other programs could extract where `parts()` reads the message as the standards have it:
   * the other one of two contradicting encodings or boundaries, files in uuencode, yEnc or
   * winmail.dat, an embedded message in base64. Empty for a message that can be read in one way only.
   */
  otherReadings(): AsyncIterable<MessagePart>;
  /** The ways in which readers may disagree about this message; known once it has arrived. */
  ambiguities(): Promise<readonly Ambiguity[]>;
  /** Octets of the whole message, once it has arrived. */
  size(): Promise<number>;
}

/** A place where programs read the same octets differently, so that one may see what another misses. */
export interface Ambiguity {
  /** Short and stable: `duplicate-content-type`, `padding-inside-base64`. docs/ambiguities.md lists them. */
  readonly kind: string;
  /** Path of the part concerned. */
  readonly path: string;
  /**
   * `resolved`: every reading is among `otherReadings()`. `unresolved`: some reader may get content
   * that nobody here can see, such as a piece of a message whose other pieces are elsewhere.
   */
  readonly reach: 'resolved' | 'unresolved';
}
