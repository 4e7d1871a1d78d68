// Owns what a plugin can see and touch. No password, socket or secret is reachable from here.
import type { Verdict } from './verdict.ts';

/** TLS as negotiated on one leg. */
export interface TlsFacts {
  /** `TLSv1.2`, `TLSv1.3`. */
  readonly protocol: string;
  readonly cipher: string;
}

export interface ClientFacts {
  /** IP address of the client; IPv4-mapped IPv6 is written as IPv4. */
  readonly address: string;
  readonly port: number;
  /** Name of the listener that accepted the session. */
  readonly listener: string;
  /** Undefined while the client speaks plain text. */
  readonly tls: TlsFacts | undefined;
}

export type UpstreamTlsMode = 'none' | 'stls' | 'implicit';

export interface UpstreamFacts {
  readonly host: string;
  readonly port: number;
  readonly tlsMode: UpstreamTlsMode;
  /** What was negotiated; undefined before the connection stands or without TLS. */
  readonly tls: TlsFacts | undefined;
}

export interface SessionFacts {
  /** One id for the session in log, audit and headers. */
  readonly id: string;
  readonly client: ClientFacts;
}

/** A session after login. */
export interface AccountFacts {
  /** The login name, printable: control characters and octets above 126 are escaped as \xNN. */
  readonly user: string;
  readonly upstream: UpstreamFacts;
}

/**
 * Runs when a client connects and again when its connection becomes encrypted. Decides whether it
 * may log in, before a password is sent.
 */
export interface AdmitContext {
  readonly session: SessionFacts;
  /** Login commands are refused with this text; CAPA then offers none. */
  denyLogin(text: string): void;
  /** The session ends at once with this text. */
  refuse(text: string): void;
}

/** Wraps the login towards the upstream: `await next()` connects and logs in. */
export interface LoginContext {
  readonly session: SessionFacts;
  readonly user: string;
  /** Where the session goes; `upstream.tls` is set once `next()` has returned. */
  readonly upstream: UpstreamFacts;
  /** Demands TLS of at least this version towards the upstream, checked before any credential is sent. */
  requireUpstreamTls(minVersion: 'TLSv1.2' | 'TLSv1.3'): void;
  /** Refuses the login: throw what this returns. */
  refusal(text: string): Error;
}

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
  /** Octets of the whole message, once it has arrived. */
  size(): Promise<number>;
}

/** Edits to the header of the message on its way to the client. Untouched fields keep their octets. */
export interface HeaderEditor extends HeaderReader {
  /** Adds a field above all others. Throws when name or value cannot be a header field. */
  add(name: string, value: string): void;
  /** Replaces the value of the first field of that name, in place; adds the field if there is none. */
  replace(name: string, value: string): void;
  /** Removes all fields of that name, or those whose value matches; returns how many. */
  remove(name: string, where?: (value: string) => boolean): number;
}

/** A judgement and who gave it. */
export interface NamedVerdict {
  readonly plugin: string;
  readonly verdict: Verdict;
}

/** What the administrator's policy made of the verdicts. */
export type Action = 'pass' | 'tag' | 'replace' | 'defer';

/** A message that has arrived, is judged, and will be delivered: the last chance to change its header. */
export interface TransformContext extends MessageView {
  readonly verdicts: readonly NamedVerdict[];
  readonly edit: HeaderEditor;
}

/** koa middleware: work before `await next()` runs on the way in, work after it on the way out. */
export type Middleware<C> = (context: C, next: () => Promise<void>) => Promise<void>;

interface ObservationBase {
  readonly session: SessionFacts;
}

interface MessageObservation extends ObservationBase {
  readonly message: MessageFacts;
  readonly command: 'RETR' | 'TOP';
}

/** What happened, for plugins that record. Events arrive in order within a session. */
export type Observation =
  | (ObservationBase & { readonly kind: 'sessionOpened' })
  | (ObservationBase & {
      readonly kind: 'loginAccepted';
      readonly user: string;
      readonly upstream: UpstreamFacts;
      readonly durationMs: number;
    })
  | (ObservationBase & {
      readonly kind: 'loginRefused';
      readonly user: string;
      readonly upstream: UpstreamFacts | undefined;
      readonly code: string;
      readonly durationMs: number;
    })
  /** Before the first octet goes to the client; a recorder that fails here can stop the delivery. */
  | (MessageObservation & {
      readonly kind: 'messageJudged';
      /** Of the message as the upstream sent it; `sha256` is its digest. */
      readonly octets: number;
      readonly sha256: string;
      readonly verdicts: readonly NamedVerdict[];
      readonly action: Action;
      readonly quarantineId: string | undefined;
      readonly durationMs: number;
    })
  | (MessageObservation & {
      readonly kind: 'messageDelivered';
      /** Octets of the message as sent, without dot-stuffing and terminator. */
      readonly octets: number;
      readonly action: Action;
      readonly durationMs: number;
    })
  /** -ERR before the first octet; the message stays upstream. */
  | (MessageObservation & {
      readonly kind: 'messageRefused';
      readonly code: string;
      readonly durationMs: number;
    })
  /** Cut after the first octet, without the final dot; the message stays upstream. */
  | (MessageObservation & {
      readonly kind: 'messageBroken';
      readonly code: string;
      readonly durationMs: number;
    })
  | (ObservationBase & {
      readonly kind: 'sessionEnded';
      readonly user: string | undefined;
      readonly reason: string;
      /** UIDLs (or numbers, without UIDL) that the upstream confirmed as deleted. */
      readonly deleted: readonly string[];
      readonly durationMs: number;
    });
