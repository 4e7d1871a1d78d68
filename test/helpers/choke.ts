// Owns a relay that stops the server's octets at a chosen point, so that a test can break something
// in the middle of a transfer without guessing at times.
import { connect, createServer, type Socket } from 'node:net';

export interface Choke extends AsyncDisposable {
  readonly port: number;
  /** Resolves when the server has sent more than the limit, all connections together. */
  readonly reached: Promise<void>;
  /** Lets everything through from now on. */
  release(): void;
}

export interface ChokeOptions {
  readonly toPort: number;
  readonly afterOctets: number;
}

export async function startChoke({ toPort, afterOctets }: ChokeOptions): Promise<Choke> {
  const { promise: reached, resolve: markReached } = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  const held = new Set<Socket>();
  let left = afterOctets;
  let isOpen = false;

  const relay = (client: Socket): void => {
    const server = connect({ host: '127.0.0.1', port: toPort });
    for (const socket of [client, server]) {
      sockets.add(socket);
      // Breaking off is what this is for: either end simply takes the other with it.
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    client.pipe(server);
    client.on('close', () => server.destroy());
    server.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      const isFull = !client.write(chunk);
      if (left < 0 && !isOpen) {
        held.add(server);
        server.pause();
        markReached();
      } else if (isFull) {
        server.pause();
        client.once('drain', () => server.resume());
      }
    });
    server.on('end', () => client.end());
    server.on('close', (hadError) => {
      if (hadError) client.destroy();
    });
  };

  const listener = createServer(relay);
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen({ host: '127.0.0.1', port: 0 }, resolve);
  });
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    reached,
    release() {
      isOpen = true;
      for (const socket of held) socket.resume();
      held.clear();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
