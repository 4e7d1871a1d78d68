// Owns the process of the mail source: it listens on loopback and says where.
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { serveRequests } from '../harness/helper-process.ts';
import { SourceSession } from './source-session.ts';

export interface SourceRequest {
  readonly kind: 'listen';
  /** PEM; without it the source speaks plain text. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

serveRequests<SourceRequest, { readonly port: number }>(async ({ certificate }) => {
  const server =
    certificate === undefined
      ? createServer({ noDelay: true }, (socket) => new SourceSession(socket))
      : createTlsServer({ ...certificate, noDelay: true }, (socket) => new SourceSession(socket));
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve) => {
    server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not a TCP address');
  return { port: address.port };
});
