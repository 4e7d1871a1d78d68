// Owns what the firewall remembers of a connection that it has redirected (SO_ORIGINAL_DST).
import type { Socket } from 'node:net';
import { AppError } from '../base/errors.ts';
import { plainAddress } from '../base/plain-address.ts';
import type { DestinationReader } from './interception.ts';
import { parseSocketAddress, socketAddressOctets } from './socket-address.ts';
import type { SocketCalls, SocketOption } from './socket-calls.ts';

/** linux/netfilter_ipv4.h and linux/netfilter_ipv6/ip6_tables.h: one number at both levels. */
const originalDestination = {
  ipv4: { level: 0, name: 80 },
  ipv6: { level: 41, name: 80 },
} as const satisfies Record<string, SocketOption>;

/** No entry in the table of connections, or no such table: nothing has redirected it. */
const notRedirected = new Set(['ENOENT', 'ENOPROTOOPT']);

export function redirectedFrom(calls: SocketCalls): DestinationReader {
  return (socket: Socket) => {
    const value = Buffer.alloc(socketAddressOctets);
    const outcome = calls.getOption(socket, originalDestination[familyOf(socket)], value);
    if (outcome.kind === 'done') return parseSocketAddress(value);
    if (notRedirected.has(outcome.code)) return undefined;
    throw new AppError('INTERCEPT_FAILED', {
      fault: 'proxy',
      publicText: 'the mail server that you called cannot be found out, try again later',
      details: { error: outcome.code },
    });
  };
}

/** On a dual-stack socket, a client with IPv4 is one of IPv4 for the firewall. */
function familyOf({ remoteAddress }: Socket): 'ipv4' | 'ipv6' {
  return plainAddress(remoteAddress).includes(':') ? 'ipv6' : 'ipv4';
}
