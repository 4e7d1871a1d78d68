// Owns the end of a connection whose peer may never close its side.
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';

const lingerMs = 5000;

/**
 * What was written may still arrive and what comes is dropped; five seconds after the last octet has
 * left the process, the socket goes. Until then the socket's own time limit holds.
 */
export function linger(socket: Socket, clock: Clock): void {
  if (socket.destroyed) return;
  // Unread octets would keep the end of the stream, and so the socket, from ever being seen.
  socket.resume();
  const startTimer = (): void => {
    const timer = clock.after(lingerMs, () => socket.destroy());
    socket.once('close', () => timer.cancel());
  };
  if (socket.writableFinished || socket.writableLength === 0) startTimer();
  else socket.once('finish', startTimer);
}
