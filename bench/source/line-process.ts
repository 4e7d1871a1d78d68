// Owns the process of a line that is long or narrow: commands pass at once, what the server says arrives late,
// or at no more than so many octets a second.
import { connect, createServer } from 'node:net';
import { serveRequests } from '../harness/helper-process.ts';
import { type LineQuality, WayBack } from './way-back.ts';

export interface LineRequest extends LineQuality {
  readonly upstreamPort: number;
}

serveRequests<LineRequest, { readonly port: number }>(async ({ upstreamPort, ...quality }) => {
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host: '127.0.0.1', port: upstreamPort, noDelay: true });
    const back = new WayBack(quality, {
      take: (chunk) => near.write(chunk),
      end: () => near.end(),
      setFlow: (flow) => (flow === 'halted' ? far.pause() : far.resume()),
    });
    near.on('data', (chunk) => far.write(chunk));
    far.on('data', (chunk) => back.push(chunk));
    near.on('close', () => far.destroy());
    far.on('close', () => back.end());
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not a TCP address');
  return { port: address.port };
});
