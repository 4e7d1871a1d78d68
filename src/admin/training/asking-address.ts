// Owns who asks for a page: whoever is connected, or whom a web server in front names. Pure.
import { isIP } from 'node:net';
import type { NetworkSet } from '../../base/network.ts';
import { plainAddress } from '../../base/plain-address.ts';

/** Of a field of several lines, only what the trusted server itself has added at its end is believed. */
export function askingAddress(
  peer: string | undefined,
  forwardedFor: string | readonly string[] | undefined,
  proxies: NetworkSet | undefined,
): string {
  const connected = plainAddress(peer ?? '');
  if (isIP(connected) === 0 || proxies?.contains(connected) !== true) return connected;
  const line = Array.isArray(forwardedFor) ? forwardedFor.at(-1) : forwardedFor;
  const named = plainAddress(
    String(line ?? '')
      .split(',')
      .at(-1)
      ?.trim() ?? '',
  );
  return isIP(named) === 0 ? connected : named;
}
