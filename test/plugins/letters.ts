// Owns messages for tests of small plugins, and the shortest way to see what became of one.
import type { Verdict } from '#plugin-api';
import { type PluginRunFacts, runPlugin } from '#plugin-testing';
import type { PluginDefinition } from '../../src/plugin-api/define-plugin.ts';

/** Lines with CRLF; latin1, so that any octet can be written. */
export function letter(...lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1');
}

/** A letter that has only an HTML form. */
export function htmlLetter(html: string, ...fields: readonly string[]): Buffer {
  const head = [...fields, 'MIME-Version: 1.0', 'Content-Type: text/html; charset=utf-8', '', ''];
  return Buffer.from(`${head.join('\r\n')}${html}\r\n`);
}

/** The text of a letter of one part, decoded, without its last line end. */
export function contentOf(output: string): string {
  const end = output.indexOf('\r\n\r\n');
  const encoding = /^Content-Transfer-Encoding: *(\S+)/im.exec(output.slice(0, end))?.[1] ?? '';
  const body = output.slice(end + 4);
  const lastLineEnd = /\r\n$/;
  if (encoding.toLowerCase() === 'base64') {
    return Buffer.from(body, 'base64').toString().replace(lastLineEnd, '');
  }
  const octets = encoding.toLowerCase() === 'quoted-printable' ? unquoted(body) : body;
  return Buffer.from(octets, 'latin1').toString().replace(lastLineEnd, '');
}

function unquoted(text: string): string {
  return text
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    );
}

/** The message after the plugin, each octet one character. */
export async function outputOf<Options>(
  plugin: PluginDefinition<Options>,
  options: unknown,
  message: Buffer,
  facts: PluginRunFacts = {},
): Promise<string> {
  return (await runPlugin(plugin, options, message, facts)).output.toString('latin1');
}

export async function verdictOf<Options>(
  plugin: PluginDefinition<Options>,
  options: unknown,
  message: Buffer,
): Promise<Verdict | undefined> {
  return (await runPlugin(plugin, options, message)).verdict;
}

/** A plain and an HTML text inside of a signature: no octet of it may change. */
export const signedLetter = letter(
  'Subject: Signed',
  'MIME-Version: 1.0',
  'Content-Type: multipart/signed; boundary=s; protocol="application/pgp-signature"; micalg=pgp-sha256',
  '',
  '--s',
  'Content-Type: multipart/alternative; boundary=a',
  '',
  '--a',
  'Content-Type: text/plain',
  '',
  'Hello\0 there.',
  '--a',
  'Content-Type: text/html',
  '',
  '<body><a href="https://evil.example.net/">www.bank.example.com</a>',
  '<img src="https://t.example.net/p.gif" width=1 height=1></body>',
  '--a--',
  '--s',
  'Content-Type: application/pgp-signature; name=signature.asc',
  '',
  '-----BEGIN PGP SIGNATURE-----',
  '--s--',
);
