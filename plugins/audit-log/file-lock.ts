// Owns that two programs do not write to one trail. The lock is a name in the system that goes away
// with its owner, so there is none that is left behind after a crash.
import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { basename, dirname, join } from 'node:path';

export interface FileLock {
  release(): Promise<void>;
}

const unlocked: FileLock = { async release() {} };

/**
 * Rejects when another program holds the lock. Where the system has no such names, and between
 * containers that share a folder only, two writers are noticed by the length of the file alone.
 */
export async function lockFile(path: string): Promise<FileLock> {
  const name = lockName(join(await realpath(dirname(path)), basename(path)));
  if (name === undefined) return unlocked;
  const server = createServer((socket) => socket.destroy());
  await listen(server, name, path);
  server.unref();
  return {
    release: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function lockName(path: string): string | undefined {
  const digest = createHash('sha256').update(path).digest('hex').slice(0, 32);
  switch (process.platform) {
    case 'linux':
      // unix(7): a name that starts with NUL is in the abstract namespace, not in the file system.
      return `\0postern-audit-${digest}`;
    case 'win32':
      return `\\\\.\\pipe\\postern-audit-${digest}`;
    default:
      return undefined;
  }
}

function listen(server: Server, name: string, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const isTaken = 'code' in error && error.code === 'EADDRINUSE';
      reject(isTaken ? new Error(`another program writes to ${path}`) : error);
    });
    server.listen(name, resolve);
  });
}
