// Owns one TCP connection of which a test holds both ends.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface SocketPair extends AsyncDisposable {
  /** As a server has accepted it. */
  readonly near: Socket;
  readonly far: Socket;
}

/** Errors of either end are nobody's concern. */
export async function connectSocketPair(): Promise<SocketPair> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const far = connect(address.port, '127.0.0.1');
  const [near]: Socket[] = await once(server, 'connection');
  assert.ok(near);
  for (const socket of [near, far]) socket.on('error', () => {});
  return {
    near,
    far,
    async [Symbol.asyncDispose]() {
      near.destroy();
      far.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
