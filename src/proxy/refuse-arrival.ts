// Owns what becomes of a connection that no session can be had with.
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { ListenerConfig } from '../config/schema.ts';
import { linger } from './linger.ts';
import { refusalReply } from './refuse.ts';

interface Surroundings {
  readonly log: Logger;
  readonly clock: Clock;
}

const told = new Set(['INTERCEPT_DIRECT', 'INTERCEPT_FAILED', 'INTERCEPT_LOOP']);

/** A client that came the wrong way is told so; one that fails in its TLS handshake understands nothing. */
export function refuseArrival(
  socket: Socket,
  error: unknown,
  { tls }: ListenerConfig,
  { log, clock }: Surroundings,
): void {
  if (!(error instanceof AppError) || !told.has(error.code)) {
    socket.destroy();
    return;
  }
  log.warn(
    { client: socket.remoteAddress, err: error },
    'connection refused: it was not intercepted as it should be',
  );
  // On a listener for implicit TLS the text would be noise inside a handshake.
  if (tls === 'implicit') {
    socket.destroy();
    return;
  }
  socket.on('error', () => {});
  socket.end(refusalReply(error));
  linger(socket, clock);
}
