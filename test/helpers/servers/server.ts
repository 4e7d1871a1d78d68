// Owns what the tests know of any real POP3 server: how to start one, fill a maildrop and look into it.
import type { ClientTls } from '../pop3-client.ts';
import type { Certificate } from '../test-certificates.ts';

export interface ServerUser {
  readonly name: string;
  readonly password: string;
}

export interface ServerOptions {
  readonly users: readonly ServerUser[];
  /** Used where the server can do TLS. */
  readonly tls: Certificate;
}

export interface Pop3Server {
  readonly name: string;
  readonly tlsModes: readonly ClientTls[];
  /** Why it cannot be used here; undefined when it can. */
  missing(): string | undefined;
  start(options: ServerOptions): Promise<RunningServer>;
}

export interface RunningServer extends AsyncDisposable {
  readonly name: string;
  readonly tlsModes: readonly ClientTls[];
  /** Plain, with STLS if the server has it. */
  readonly pop3Port: number;
  /** Implicit TLS. */
  readonly pop3sPort: number | undefined;
  /** Adds messages to a maildrop, in this order after those already there. */
  deliver(user: string, messages: readonly Buffer[]): Promise<void>;
  /** What is in the maildrop, oldest first, as stored. */
  messages(user: string): Promise<Buffer[]>;
  /** What it has said so far, for the message of a failing test. */
  output(): Promise<string>;
  stop(): Promise<void>;
}

/** Where a connection with this kind of encryption goes. */
export function portFor(server: RunningServer, tls: ClientTls): number {
  if (tls !== 'implicit') return server.pop3Port;
  if (server.pop3sPort === undefined) throw new Error(`${server.name} has no implicit TLS`);
  return server.pop3sPort;
}
