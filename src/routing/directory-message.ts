// Owns what a directory is asked and how its answer is read: the protocol between nginx and a server behind
// auth_http, as src/mail/ngx_mail_auth_http_module.c of nginx 1.27 has it. Pure.
import { parseHost } from '../base/host-name.ts';
import type { Credentials } from '../base/secret.ts';

export interface DirectoryQuestion {
  readonly credentials: Credentials;
  readonly clientAddress: string;
  /** From 1, in one session. */
  readonly attempt: number;
  readonly tls: { readonly protocol: string; readonly cipher: string } | undefined;
}

export type DirectoryAnswer =
  | {
      readonly kind: 'found';
      readonly host: string;
      readonly port: number;
      /** What the server is told; undefined where it is what the client has said. */
      readonly user: Buffer | undefined;
      readonly password: Buffer | undefined;
    }
  | {
      /** In the words of the directory. */
      readonly kind: 'refused';
      readonly text: string;
      readonly waitMs: number;
    }
  /** Not an answer that anything can be done with. */
  | { readonly kind: 'unusable'; readonly reason: string };

/** Names and values of header fields, one character for each octet. */
export function questionFields({
  credentials,
  clientAddress,
  attempt,
  tls,
}: DirectoryQuestion): Record<string, string> {
  return {
    'Auth-Method': 'plain',
    'Auth-User': escapeOctets(credentials.user),
    'Auth-Pass': escapeOctets(credentials.password.reveal()),
    'Auth-Protocol': 'pop3',
    'Auth-Login-Attempt': String(attempt),
    'Client-IP': clientAddress,
    ...(tls === undefined
      ? {}
      : {
          'Auth-SSL': 'on',
          'Auth-SSL-Protocol': tls.protocol,
          'Auth-SSL-Cipher': tls.cipher,
        }),
  };
}

/** NGX_ESCAPE_MAIL_AUTH: control characters, blank and `%`; and DEL, which no header field may have. */
export function escapeOctets(octets: Buffer): string {
  return octets
    .toString('latin1')
    .replaceAll(
      /[^!-$&-~\x80-\xff]/g,
      (octet) => `%${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );
}

type Fields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Names in small letters. The status of HTTP says nothing here: nginx passes over it. */
export function readAnswer(fields: Fields): DirectoryAnswer {
  const status = fieldOf(fields, 'auth-status');
  if (status === undefined) return unusable('no Auth-Status');
  // WAIT asks nginx to ask again; a client is told to come again.
  if (status === 'WAIT') return unusable('Auth-Status: WAIT');
  if (status !== 'OK') return { kind: 'refused', text: status, waitMs: waitOf(fields) };
  const host = parseHost((fieldOf(fields, 'auth-server') ?? '').replace(/^\[(.+)\]$/, '$1'));
  if (host === undefined) return unusable('no Auth-Server that is a host');
  const portText = fieldOf(fields, 'auth-port') ?? '';
  const port = Number(portText);
  if (!/^\d{1,5}$/.test(portText) || port < 1 || port > 65_535) return unusable('no Auth-Port');
  const user = octetsOf(fields, 'auth-user');
  const password = octetsOf(fields, 'auth-pass');
  return { kind: 'found', host: host.text, port, user, password };
}

function unusable(reason: string): DirectoryAnswer {
  return { kind: 'unusable', reason };
}

function fieldOf(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  // Of several, nginx takes the last.
  return typeof value === 'string' ? value : value?.at(-1);
}

function octetsOf(fields: Fields, name: string): Buffer | undefined {
  const text = fieldOf(fields, name);
  return text === undefined || text === '' ? undefined : Buffer.from(text, 'latin1');
}

/** A client is not held for longer, whatever the directory says. */
const longestWaitMs = 10_000;

function waitOf(fields: Fields): number {
  const text = fieldOf(fields, 'auth-wait') ?? '';
  return /^\d{1,6}$/.test(text) ? Math.min(Number(text) * 1000, longestWaitMs) : 0;
}
