// Owns the search for a running clamd on this machine. It scans nothing.
import { connect, type NetConnectOpts } from 'node:net';
import { AppError } from '../base/errors.ts';

export type ClamdAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** Where packages of ClamAV put it. */
export const usualClamdAddresses: readonly ClamdAddress[] = [
  { kind: 'unix', path: '/run/clamav/clamd.ctl' },
  { kind: 'unix', path: '/var/run/clamav/clamd.ctl' },
  { kind: 'unix', path: '/run/clamd.scan/clamd.sock' },
  { kind: 'unix', path: '/tmp/clamd.socket' },
  { kind: 'tcp', host: '127.0.0.1', port: 3310 },
];

/** The first address at which a clamd answers PING within the limit. */
export async function findClamd(
  addresses: readonly ClamdAddress[],
  limitMs: number,
): Promise<ClamdAddress | undefined> {
  for (const address of addresses) {
    const answer = await ping(address, limitMs).catch(() => undefined);
    if (answer === 'PONG\0') return address;
  }
  return undefined;
}

export function showClamdAddress(address: ClamdAddress): string {
  return address.kind === 'unix' ? address.path : `${address.host}:${address.port}`;
}

// clamd(8): a command with the prefix z ends with NUL, and so does the reply; then clamd closes.
async function ping(address: ClamdAddress, limitMs: number): Promise<string> {
  const target: NetConnectOpts =
    address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port };
  const socket = connect({ ...target, signal: AbortSignal.timeout(limitMs) });
  socket.end('zPING\0');
  let answer = '';
  for await (const chunk of socket) {
    answer += String(chunk);
    if (answer.length > 64) {
      throw new AppError('NO_CLAMD', { fault: 'config', publicText: 'this is not clamd' });
    }
  }
  return answer;
}
