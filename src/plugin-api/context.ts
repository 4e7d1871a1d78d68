// Owns what a plugin sees of a session, and what it may say at the points around one. No password,
// socket or secret is reachable from here.

/** koa middleware: work before `await next()` runs on the way in, work after it on the way out. */
export type Middleware<C> = (context: C, next: () => Promise<void>) => Promise<void>;

/** TLS as negotiated on one leg. */
export interface TlsFacts {
  /** `TLSv1.2`, `TLSv1.3`. */
  readonly protocol: string;
  readonly cipher: string;
  /** The name that a client asked for (SNI), in lower case; undefined without one. */
  readonly serverName?: string | undefined;
}

export interface DestinationFacts {
  readonly address: string;
  readonly port: number;
}

export interface ClientFacts {
  /** IP address of the client; IPv4-mapped IPv6 is written as IPv4. */
  readonly address: string;
  readonly port: number;
  /** The mail server that the client called, where a firewall has diverted it here; else undefined. */
  readonly destination?: DestinationFacts | undefined;
  /** The load balancer that the client came through, where it has said who the client is; else undefined. */
  readonly via?: DestinationFacts | undefined;
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

/** A maildrop, by names that stay the same whichever server has it and however its reader logs in. */
export interface MaildropFacts {
  /** Printable, as `AccountFacts.user`. */
  readonly user: string;
  /** `pop.example.net`; with its port where that is none of POP3's own. */
  readonly upstreamHost: string;
}

/** A session after login. */
export interface AccountFacts {
  /** The login name, printable: control characters and octets above 126 are escaped as \xNN. */
  readonly user: string;
  /** Name of the route that was taken. */
  readonly route: string;
  readonly upstream: UpstreamFacts;
  /** What is kept for an account goes by this. */
  readonly maildrop: MaildropFacts;
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

/** Wraps a whole session: `await next()` comes back when it is over. */
export interface SessionContext {
  readonly session: SessionFacts;
  /** Printable login name; undefined before the login and for a session that never logged in. */
  readonly user: string | undefined;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
  /** Refuses the session before it has begun: throw what this returns, before `next()`. */
  refusal(text: string): Error;
}

/** What became of a command. */
export interface CommandOutcome {
  readonly status: 'ok' | 'err';
}

/** Wraps one command of a client: `await next()` carries it out. Lines of a SASL exchange are none. */
export interface CommandContext {
  readonly session: SessionFacts;
  /** Printable login name; undefined before the login. */
  readonly user: string | undefined;
  /** In upper case: `RETR`. Undefined for a line that is no POP3 command. */
  readonly name: string | undefined;
  /** The message that RETR, TOP, DELE, LIST or UIDL is about. Nothing else of the line is shown. */
  readonly number: number | undefined;
  /** Set once `next()` has returned; of a message that was cut it stays undefined. */
  readonly outcome: CommandOutcome | undefined;
  /** Answers the command with -ERR instead: throw what this returns, before `next()`. */
  refusal(text: string): Error;
}
