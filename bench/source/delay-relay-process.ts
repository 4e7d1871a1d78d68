// Owns a line with a long way back: commands pass at once, what the server says arrives late.
import { connect, createServer, type Socket } from 'node:net';
import { serveRequests } from '../harness/helper-process.ts';

export interface DelayRequest {
  readonly upstreamPort: number;
  readonly delayMs: number;
}

serveRequests<DelayRequest, { readonly port: number }>(async ({ upstreamPort, delayMs }) => {
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host: '127.0.0.1', port: upstreamPort, noDelay: true });
    near.on('data', (chunk) => far.write(chunk));
    // Timers of one length fire in the order in which they were set.
    far.on('data', (chunk) => setTimeout(() => near.write(chunk), delayMs));
    endTogether(near, far, delayMs);
  });
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not a TCP address');
  return { port: address.port };
});

function endTogether(near: Socket, far: Socket, delayMs: number): void {
  near.on('close', () => far.destroy());
  far.on('close', () => setTimeout(() => near.end(), delayMs));
  near.on('error', () => far.destroy());
  far.on('error', () => near.destroy());
}
