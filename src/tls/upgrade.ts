// Owns the change from plain text to TLS, on either leg. Octets that arrived before the handshake
// are never carried over: they were not encrypted and could have been injected (RFC 2595 s.4).
import type { Socket } from 'node:net';
import { type ConnectionOptions, connect, TLSSocket } from 'node:tls';
import type { Clock } from '../base/clock.ts';
import { AppError, type Fault } from '../base/errors.ts';
import { askedName } from './hello-of-socket.ts';
import type { ContextSource } from './server-tls.ts';

/** What was negotiated. */
export interface TlsFacts {
  readonly protocol: string;
  readonly cipher: string;
  /** The name that a client asked for (SNI), in lower case; undefined without one. */
  readonly serverName?: string | undefined;
}

export function tlsFactsOf(socket: TLSSocket): TlsFacts {
  return { protocol: socket.getProtocol() ?? 'unknown', cipher: socket.getCipher().name };
}

/** Throws when octets wait behind the STLS exchange, in our own reader or in the socket. */
export function refusePendingPlaintext(
  socket: Socket,
  readerPendingOctets: number,
  fault: Fault,
): void {
  if (readerPendingOctets === 0 && socket.readableLength === 0) return;
  throw new AppError('TLS_PLAINTEXT_PENDING', {
    fault,
    publicText: 'octets before the TLS handshake',
    responseCode: 'none',
  });
}

/** A client that stalls in its handshake is not waited for any longer. */
const handshakeMs = 10_000;

/** A client under TLS. */
export interface AcceptedTls {
  readonly socket: TLSSocket;
  readonly facts: TlsFacts;
}

/** RFC 7301, IANA: who wants to speak something else gets the alert no_application_protocol. */
const pop3Protocols: readonly string[] = ['pop3'];

/**
 * Server side, for STLS and for implicit TLS: resolves once the handshake is done. The name is read before
 * OpenSSL takes over, which knows none when a session of TLS 1.2 is resumed.
 */
export async function acceptTls(
  socket: Socket,
  source: ContextSource,
  clock: Clock,
  protocols: readonly string[] = pop3Protocols,
): Promise<AcceptedTls> {
  let secured: TLSSocket | undefined;
  // A client may reset its connection while its certificate is made; whoever waits here finds it destroyed.
  socket.on('error', () => {});
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  // Where nobody waits for it any more, the socket tells.
  overdue.catch(() => {});
  const timer = clock.after(handshakeMs, () => {
    (secured ?? socket).destroy();
    reject(handshakeFailure('client'));
  });
  try {
    const serverName = await askedName(socket);
    const secureContext = await Promise.race([source.contextFor(serverName), overdue]);
    if (socket.destroyed) throw handshakeFailure('client');
    secured = new TLSSocket(socket, {
      isServer: true,
      secureContext,
      ALPNProtocols: [...protocols],
    });
    const accepted = await settled(failingWhole(secured), 'secure', 'client');
    return { socket: accepted, facts: { ...tlsFactsOf(accepted), serverName } };
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    timer.cancel();
  }
}

/** Without a tls.Server around it, Node tells of a broken record by this event alone and leaves the connection open, dead. */
function failingWhole(secured: TLSSocket): TLSSocket {
  return secured.on('_tlsError', (cause: Error) => secured.destroy(cause));
}

/** What a connection is made with, and who is at its other end. */
export interface VerifiedOptions extends ConnectionOptions {
  /** Looks at the server after the handshake, before anything is sent, and throws what is wrong with it. */
  readonly inspect?: (socket: TLSSocket) => void;
}

/** Client side, over an existing socket (STLS) or a new one (implicit TLS). */
export async function connectTls({ inspect, ...options }: VerifiedOptions): Promise<TLSSocket> {
  const socket = await settled(connect(options), 'secureConnect', 'upstream');
  try {
    inspect?.(socket);
  } catch (cause) {
    socket.destroy();
    throw handshakeFailure('upstream', cause);
  }
  return socket;
}

function handshakeFailure(fault: Fault, cause?: unknown): AppError {
  return new AppError('TLS_FAILED', { fault, publicText: 'TLS handshake failed', cause });
}

function settled(
  socket: TLSSocket,
  event: 'secure' | 'secureConnect',
  fault: Fault,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const fail = (cause?: unknown): void => {
      socket.destroy();
      reject(handshakeFailure(fault, cause));
    };
    const onClose = (): void => fail();
    socket.once('error', fail);
    socket.once('close', onClose);
    socket.once(event, () => {
      socket.off('error', fail);
      socket.off('close', onClose);
      resolve(socket);
    });
  });
}
