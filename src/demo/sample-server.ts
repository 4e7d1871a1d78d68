// Owns the sockets of the embedded POP3 server: listening, TLS, one session per connection. What
// is answered is decided in sample-session.ts.
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer, TLSSocket } from 'node:tls';
import { LineSource } from './line-source.ts';
import { type SampleAccount, SampleSession, type StoredMessage } from './sample-session.ts';

export interface PemCertificate {
  readonly certPem: string;
  readonly keyPem: string;
}

export type SampleTransport =
  | { readonly kind: 'plain' }
  | { readonly kind: 'stls'; readonly certificate: PemCertificate }
  | { readonly kind: 'implicit'; readonly certificate: PemCertificate };

export interface SampleServerOptions {
  readonly messages: readonly StoredMessage[];
  readonly account: SampleAccount;
  readonly transport: SampleTransport;
  /** 127.0.0.1 by default. */
  readonly address?: string;
}

/** What one connection did. */
export interface SampleConnection {
  /** Verbs in upper case, in order; arguments are left out, since one of them is a password. */
  readonly verbs: readonly string[];
  readonly isEncrypted: boolean;
  readonly ending: 'open' | 'quit' | 'dropped';
}

export interface RunningSampleServer {
  readonly address: string;
  readonly port: number;
  /** UIDLs still in the maildrop. */
  readonly uidls: readonly string[];
  /** All connections since the start. */
  readonly connections: readonly SampleConnection[];
  stop(): Promise<void>;
}

interface MutableConnection {
  verbs: string[];
  isEncrypted: boolean;
  ending: 'open' | 'quit' | 'dropped';
}

/** Starts a server with one account on a free port. */
export async function startSampleServer(
  options: SampleServerOptions,
): Promise<RunningSampleServer> {
  const address = options.address ?? '127.0.0.1';
  const sockets = new Set<Socket>();
  const connections: MutableConnection[] = [];
  let maildrop = options.messages;

  const accept = (socket: Socket): void => {
    const record: MutableConnection = {
      verbs: [],
      isEncrypted: socket instanceof TLSSocket,
      ending: 'open',
    };
    connections.push(record);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A connection that breaks ends its own session; the loop below sees the end of the stream.
    socket.on('error', () => {});
    serve(socket, record, options, maildrop).then(
      (deleted) => {
        maildrop = maildrop.filter(({ uidl }) => !deleted.has(uidl));
      },
      () => {
        record.ending = 'dropped';
        socket.destroy();
      },
    );
  };

  const server = listenerFor(options.transport, accept);
  server.listen({ host: address, port: 0 });
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new TypeError('not a TCP address');

  return {
    address,
    port: bound.port,
    get uidls() {
      return maildrop.map(({ uidl }) => uidl);
    },
    connections,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function listenerFor(transport: SampleTransport, accept: (socket: Socket) => void): Server {
  if (transport.kind !== 'implicit') return createServer({ noDelay: true }, accept);
  const { certPem, keyPem } = transport.certificate;
  const server = createTlsServer({ cert: certPem, key: keyPem, noDelay: true }, accept);
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

/** Serves a connection to its end; returns the UIDLs deleted by its QUIT. */
async function serve(
  accepted: Socket,
  record: MutableConnection,
  options: SampleServerOptions,
  messages: readonly StoredMessage[],
): Promise<ReadonlySet<string>> {
  let socket = accepted;
  let source = new LineSource(socket);
  const newSession = (offersStls: boolean): SampleSession =>
    new SampleSession({ account: options.account, messages, offersStls });
  let session = newSession(options.transport.kind === 'stls');
  await write(socket, [Buffer.from('+OK sample mailbox ready\r\n')]);

  for (;;) {
    const line = await source.readLine();
    if (line === undefined) throw new Error('client left without QUIT');
    record.verbs.push(verbOf(line));
    const reply = session.answer(line);
    // RFC 2595 s.4: nothing may be sent between STLS and the handshake.
    if (reply.kind === 'startTls' && source.pendingOctets > 0) throw new Error('early octets');
    await write(socket, reply.pieces);
    if (reply.kind === 'close') {
      record.ending = 'quit';
      socket.end();
      return reply.deleted;
    }
    if (reply.kind === 'startTls' && options.transport.kind === 'stls') {
      await source.release();
      socket = upgrade(socket, options.transport.certificate);
      record.isEncrypted = true;
      source = new LineSource(socket);
      // A new session: nothing said in clear text counts any more.
      session = newSession(false);
    }
  }
}

function upgrade(socket: Socket, { certPem, keyPem }: PemCertificate): Socket {
  const secureContext = createSecureContext({ cert: certPem, key: keyPem });
  const encrypted = new TLSSocket(socket, { isServer: true, secureContext });
  encrypted.on('error', () => socket.destroy());
  return encrypted;
}

/** A SASL response is a line too; only words that can be commands are remembered. */
function verbOf(line: string): string {
  return /^[A-Za-z]{3,4}(?= |$)/.exec(line)?.[0].toUpperCase() ?? '?';
}

async function write(socket: Socket, pieces: Iterable<Buffer>): Promise<void> {
  for (const piece of pieces) {
    if (!socket.writable) throw new Error('client has gone');
    if (socket.write(piece)) continue;
    await drained(socket);
  }
}

async function drained(socket: Socket): Promise<void> {
  const done = new AbortController();
  const { signal } = done;
  try {
    await Promise.race([once(socket, 'drain', { signal }), once(socket, 'close', { signal })]);
  } finally {
    // Takes the other listener away.
    done.abort();
  }
}
