// Owns the process that nginx asks at every login where the mailbox is: the same place for everybody.
import { createServer } from 'node:net';
import { serveRequests } from '../harness/helper-process.ts';

export interface AuthRequest {
  readonly upstreamPort: number;
}

serveRequests<AuthRequest, { readonly port: number }>(async ({ upstreamPort }) => {
  const answer = [
    'HTTP/1.0 200 OK',
    'Auth-Status: OK',
    'Auth-Server: 127.0.0.1',
    `Auth-Port: ${upstreamPort}`,
    '',
    '',
  ].join('\r\n');
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    // nginx sends its question in one piece, far below the size of a segment.
    socket.once('data', () => socket.end(answer));
  });
  await new Promise<void>((resolve) => {
    server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not a TCP address');
  return { port: address.port };
});
