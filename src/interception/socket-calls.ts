// Owns the two system calls on sockets that Node does not have. They come through koffi, an optional package.
import type { Server, Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';

/** An option of a socket, as setsockopt(2) names it. */
export interface SocketOption {
  readonly level: number;
  readonly name: number;
}

export type CallOutcome =
  | { readonly kind: 'done' }
  /** `EPERM`, `ENOENT`. */
  | { readonly kind: 'failed'; readonly code: string };

export interface SocketCalls {
  /** Fills the buffer. */
  getOption(socket: Socket | Server, option: SocketOption, value: Buffer): CallOutcome;
  setOption(socket: Socket | Server, option: SocketOption, value: Buffer): CallOutcome;
}

/** Undefined where koffi is not installed, or not for this kind of machine. */
export async function loadSocketCalls(): Promise<SocketCalls | undefined> {
  try {
    return callsBy(await import('koffi'));
  } catch {
    return undefined;
  }
}

function callsBy(koffi: typeof import('koffi')): SocketCalls {
  const library = koffi.load(null);
  const getsockopt = library.func(
    'int getsockopt(int fd, int level, int name, _Out_ uint8_t *value, _Inout_ uint32_t *length)',
  );
  const setsockopt = library.func(
    'int setsockopt(int fd, int level, int name, const uint8_t *value, uint32_t length)',
  );
  const outcome = (result: number): CallOutcome =>
    result === 0 ? { kind: 'done' } : { kind: 'failed', code: getSystemErrorName(-koffi.errno()) };
  return {
    getOption(socket, { level, name }, value) {
      const fd = descriptorOf(socket);
      if (fd === undefined) return closed;
      return outcome(getsockopt(fd, level, name, value, [value.length]));
    },
    setOption(socket, { level, name }, value) {
      const fd = descriptorOf(socket);
      if (fd === undefined) return closed;
      return outcome(setsockopt(fd, level, name, value, value.length));
    },
  };
}

const closed: CallOutcome = { kind: 'failed', code: 'EBADF' };

/** Node has no name of its own for it. Undefined once the socket is closed. */
function descriptorOf(socket: Socket | Server): number | undefined {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (typeof handle !== 'object' || handle === null) return undefined;
  const fd: unknown = Reflect.get(handle, 'fd');
  return typeof fd === 'number' && fd >= 0 ? fd : undefined;
}
