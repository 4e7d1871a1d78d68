// Owns reading who a load balancer brings, before TLS and before anything else: exactly the header is taken
// off the socket, and what follows it stays there. Whether there has to be one is not decided here.
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { invalidHeader, type ProxyHeader } from '../proxy-protocol/header.ts';
import { ProxyHeaderReader } from '../proxy-protocol/header-reader.ts';

/**
 * Undefined for a connection that ends without a single octet: a load balancer looks whether somebody
 * listens. Rejects with PROXY_HEADER_INVALID or PROXY_HEADER_LATE and leaves the socket to the caller.
 */
export function readHeader(
  socket: Socket,
  clock: Clock,
  timeoutMs: number,
): Promise<ProxyHeader | undefined> {
  const reader = new ProxyHeaderReader();
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      timer.cancel();
      socket.off('readable', read);
      socket.off('end', gone);
      socket.off('close', gone);
      finish();
    };
    const fail = (error: AppError): void => settle(() => reject(error));
    const timer = clock.after(timeoutMs, () => fail(late(reader.pending.length)));
    const gone = (): void => {
      if (reader.pending.length === 0) settle(() => resolve(undefined));
      else fail(invalidHeader('cut short'));
    };
    const read = (): void => {
      try {
        for (let chunk = take(socket); chunk !== undefined; chunk = take(socket)) {
          const header = reader.push(chunk);
          if (header === undefined) continue;
          if (reader.pending.length > 0) socket.unshift(reader.pending);
          settle(() => resolve(header));
          return;
        }
      } catch (error) {
        settle(() => reject(error));
      }
    };
    if (socket.destroyed || socket.readableEnded) return gone();
    socket.on('readable', read);
    socket.once('end', gone);
    socket.once('close', gone);
  });
}

function take(socket: Socket): Buffer | undefined {
  return (socket.read() as Buffer | null) ?? undefined;
}

function late(octets: number): AppError {
  return new AppError('PROXY_HEADER_LATE', {
    fault: 'client',
    publicText: 'no PROXY protocol header in time',
    responseCode: 'none',
    details: { octets },
  });
}
