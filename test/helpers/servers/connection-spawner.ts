// Owns what inetd does: accepts connections and gives each to a fresh process as its standard input
// and output. Says nothing itself.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface ConnectionSpawner extends AsyncDisposable {
  readonly port: number;
  /** What the processes wrote to stderr. */
  output(): string;
}

export async function spawnPerConnection(
  command: readonly [string, ...string[]],
): Promise<ConnectionSpawner> {
  const [program, ...args] = command;
  const children = new Set<ChildProcess>();
  const errors: Buffer[] = [];
  const serve = (socket: Socket): void => {
    const child = spawn(program, args, { stdio: [socket, socket, 'pipe'] });
    children.add(child);
    child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk));
    child.once('close', () => children.delete(child));
    child.once('error', (error) => errors.push(Buffer.from(`${error.message}\n`)));
    // The child has its own copy of the descriptor; only the last one to close ends the connection.
    child.once('spawn', () => socket.destroy());
    socket.on('error', () => {});
  };
  // Paused, so that this process reads nothing of what is meant for the child.
  const listener = createServer({ pauseOnConnect: true }, serve);
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    output: () => Buffer.concat(errors).toString('latin1'),
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill('SIGKILL');
      listener.close();
      await once(listener, 'close');
    },
  };
}
