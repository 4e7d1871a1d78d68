// Owns that a listening socket may be given connections to any address (IP_TRANSPARENT), which TPROXY needs.
import type { Server } from 'node:net';
import { AppError } from '../base/errors.ts';
import type { ListenerConfig } from '../config/schema.ts';
import type { SocketCalls } from './socket-calls.ts';

/** linux/in.h. The kernel keeps one mark for both families: this one serves sockets of IPv6 as well. */
const ipTransparent = { level: 0, name: 19 } as const;

type Place = Pick<ListenerConfig, 'name' | 'socket'>;

/** Throws INTERCEPT_UNAVAILABLE. */
export function makeTransparent(
  server: Server,
  place: Place,
  calls: SocketCalls | undefined,
): void {
  if (place.socket === undefined) setTransparent(server, place, calls);
  // Without the means to ask, the word of whoever wrote the configuration stands.
  else if (calls !== undefined) checkTransparent(server, place, calls);
}

function setTransparent(server: Server, { name }: Place, calls: SocketCalls | undefined): void {
  if (calls === undefined) {
    throw unavailable(
      `listener ${name}: intercept: tproxy needs a transparent socket that is handed over (key socket), or the npm package koffi`,
    );
  }
  const outcome = calls.setOption(server, ipTransparent, nativeInteger(1));
  if (outcome.kind === 'done') return;
  throw unavailable(
    outcome.code === 'EPERM'
      ? `listener ${name}: intercept: tproxy needs the privilege CAP_NET_ADMIN or CAP_NET_RAW, or a transparent socket that is handed over (key socket)`
      : `listener ${name}: its socket cannot be made transparent (${outcome.code})`,
  );
}

function checkTransparent(server: Server, { name, socket }: Place, calls: SocketCalls): void {
  const value = nativeInteger(0);
  const outcome = calls.getOption(server, ipTransparent, value);
  if (outcome.kind === 'done' && value.some((octet) => octet !== 0)) return;
  throw unavailable(
    `listener ${name}: socket ${socket} is not transparent; its systemd unit needs Transparent=yes`,
  );
}

function nativeInteger(value: number): Buffer {
  return Buffer.from(Int32Array.of(value).buffer);
}

function unavailable(publicText: string): AppError {
  return new AppError('INTERCEPT_UNAVAILABLE', { fault: 'config', publicText });
}
