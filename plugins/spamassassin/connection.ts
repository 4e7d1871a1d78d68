// Owns a new connection to spamd. What is said on it is conversation.ts's.
import { readFile } from 'node:fs/promises';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ServerFailure } from '#plugin-api';
import type { SpamdAddress } from './server-options.ts';

/** The caller destroys the socket. Rejects with a `ServerFailure`, or with the reason of the signal. */
export async function connect(
  address: SpamdAddress,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted();
  const { socket, event } = await begin(address);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (reason: string): void => reject(new ServerFailure('unreachable', reason));
  const onAbort = (): void => reject(signal.reason);
  const onTimeout = (): void => fail('spamd took no connection in time');
  const onError = (error: NodeJS.ErrnoException): void => fail(error.code ?? error.message);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  socket.once(event, resolve).once('timeout', onTimeout).on('error', onError);
  socket.setTimeout(timeoutMs);
  try {
    await promise;
    socket.off('timeout', onTimeout).setTimeout(0);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function begin(
  address: SpamdAddress,
): Promise<{ readonly socket: Socket; readonly event: 'connect' | 'secureConnect' }> {
  if (address.kind === 'unix') {
    return { socket: connectPlain({ path: address.path }), event: 'connect' };
  }
  const { host, port } = address;
  if (address.kind === 'tcp') return { socket: connectPlain({ host, port }), event: 'connect' };
  const authority = address.caFile === undefined ? {} : { ca: await readFile(address.caFile) };
  // RFC 6066 s.3: an address is no server name.
  const serverName = isIP(host) === 0 ? { servername: host } : {};
  const socket = connectTls({ host, port, ...serverName, ...authority });
  return { socket, event: 'secureConnect' };
}
