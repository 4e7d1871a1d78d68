// Owns the body of a message of our own: the same said in plain text and in HTML.
import { toQuotedPrintable } from '../../message/quoted-printable.ts';

/** `=_` occurs in no quoted-printable text, so the boundary can stay the same. */
const boundary = '=_postern_alternative';

export const alternativeType = `multipart/alternative; boundary="${boundary}"`;

/** Both texts with CRLF line ends. */
export function alternativeBody(text: string, html: string): Buffer {
  // RFC 2046 s.5.1.4: the last alternative is the richest.
  const parts = [textPart('text/plain', text), textPart('text/html', html)];
  const content = [...parts, ''].map((part, index) => {
    const end = index === parts.length ? '--\r\n' : '\r\n';
    return `--${boundary}${end}${part}`;
  });
  return Buffer.from(content.join(''), 'latin1');
}

function textPart(contentType: string, text: string): string {
  return [
    `Content-Type: ${contentType}; charset=utf-8`,
    'Content-Transfer-Encoding: quoted-printable',
    '',
    toQuotedPrintable(text),
    '',
  ].join('\r\n');
}
