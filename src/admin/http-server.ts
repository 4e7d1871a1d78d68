// Owns what the small HTTP servers of Postern have in common: bounds on everything that a stranger sends,
// one answer for each connection, and an end that waits for nobody. It knows no page.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { type Clock, systemClock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { ContextSource } from '../tls/server-tls.ts';
import { acceptTls } from '../tls/upgrade.ts';

export interface HttpAddress {
  readonly address: string;
  /** 0 takes any free port. */
  readonly port: number;
}

export interface HttpServices {
  /** For people: `the page of metrics`. */
  readonly name: string;
  answer(request: IncomingMessage): Promise<HttpAnswer>;
  /** Certificates for HTTPS; undefined for HTTP. */
  readonly tls: ContextSource | undefined;
  /** Further ones are cut. */
  readonly maxConnections: number;
  readonly log: Logger;
  readonly clock?: Clock;
}

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  /** Fields over those that every answer has. */
  readonly fields?: Readonly<Record<string, string>>;
}

export interface RunningHttpServer extends HttpAddress {
  /** Requests under way are cut: whoever asks comes again. */
  stop(): Promise<void>;
}

const maxHeaderBytes = 8 * 1024;
/** Of a connection, from its first packet to its last: Node's own limits need a server that listens itself. */
const connectionMs = 15_000;
const protocols = ['http/1.1'];

const internalError: HttpAnswer = {
  status: 500,
  contentType: 'text/plain; charset=utf-8',
  text: 'internal error\n',
};

export async function startHttpServer(
  { address, port }: HttpAddress,
  services: HttpServices,
): Promise<RunningHttpServer> {
  const { name, tls, maxConnections, log, clock = systemClock } = services;
  const http = createHttp(services);
  const sockets = new Set<Socket>();
  const server = createTcpServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    const timer = clock.after(connectionMs, () => socket.destroy());
    socket.once('close', () => {
      timer.cancel();
      sockets.delete(socket);
    });
    socket.on('error', () => {});
    if (tls === undefined) {
      http.emit('connection', socket);
      return;
    }
    acceptTls(socket, tls, clock, protocols).then(
      (accepted) => http.emit('connection', accepted.socket),
      (err: unknown) => log.debug({ err }, 'no TLS handshake for a page'),
    );
  });
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address, port }, () => {
      server.off('error', reject);
      resolve();
    });
  }).catch((cause: unknown) => {
    throw new AppError('LISTEN_FAILED', {
      fault: 'config',
      publicText: `${name} cannot use ${address} port ${port}`,
      details: { address, port },
      cause,
    });
  });
  server.on('error', (err) => log.error({ err, page: name }, 'accepting a connection failed'));
  const bound = server.address() as AddressInfo;
  log.info({ page: name, address: bound.address, port: bound.port }, 'page served');
  return {
    address: bound.address,
    port: bound.port,
    stop: () => {
      const { promise: stopped, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
      return stopped;
    },
  };
}

function createHttp({ name, answer, log }: HttpServices): Server {
  const http = createServer({ maxHeaderSize: maxHeaderBytes }, (request, response) => {
    answer(request).then(
      (made) => send(response, made),
      (err: unknown) => {
        // Whoever asked is gone in the middle of the request.
        if (request.errored !== null) return;
        log.error({ err, page: name }, 'a page could not be made');
        send(response, internalError);
      },
    );
  });
  // One request for each connection: none is left idle when the program ends.
  http.maxRequestsPerSocket = 1;
  return http;
}

function send(response: ServerResponse, { status, contentType, text, fields }: HttpAnswer): void {
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...fields,
    Connection: 'close',
  });
  response.end(text);
}
