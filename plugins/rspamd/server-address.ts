// Owns how a worker of rspamd is named in the options: `http://host:11333`, `https://...`, or the path of
// a unix socket as `unix:/run/rspamd/rspamd.sock`. Pure.
import { isIP } from 'node:net';

export type ServerAddress = {
  /** As written: for logs and metrics. */
  readonly name: string;
} & (
  | { readonly kind: 'unix'; readonly socketPath: string }
  | {
      readonly kind: 'http' | 'https';
      /** Without brackets. */
      readonly host: string;
      readonly port: number;
      /** Put before `/checkv2`: '' or `/rspamd`. */
      readonly prefix: string;
    }
);

const unixScheme = 'unix:';
const defaultPorts = { http: 80, https: 443 } as const;

/** Undefined for what names no server. */
export function parseServerAddress(text: string): ServerAddress | undefined {
  if (text.startsWith(unixScheme)) {
    const socketPath = text.slice(unixScheme.length);
    return socketPath === '' ? undefined : { kind: 'unix', name: text, socketPath };
  }
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const kind = url.protocol.slice(0, -1);
  if (kind !== 'http' && kind !== 'https') return undefined;
  // A password in a URL ends up in logs.
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    return undefined;
  }
  return {
    kind,
    name: text,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? defaultPorts[kind] : Number(url.port),
    prefix: url.pathname.replace(/\/$/, ''),
  };
}

/** What is sent there can be read by nobody else on the way. */
export function isPrivateWay(address: ServerAddress): boolean {
  if (address.kind !== 'http') return true;
  if (address.host === 'localhost') return true;
  return isIP(address.host) === 4 ? address.host.startsWith('127.') : address.host === '::1';
}
