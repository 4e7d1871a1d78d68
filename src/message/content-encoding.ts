// Owns how new content is written: the choice between 7bit, quoted-printable and base64 (RFC 2045 s.6).
import type { BoundaryGuard } from './boundary-guard.ts';
import { toQuotedPrintable } from './quoted-printable.ts';

export interface EncodedContent {
  readonly encoding: '7bit' | 'quoted-printable' | 'base64';
  readonly octets: Buffer;
}

// RFC 5322 s.2.1.1, without the CRLF.
const maxLineLength = 998;
// RFC 2045 s.6.8: lines of at most 76 characters.
const base64Line = /.{1,76}/g;

/** All kinds of line ends become CRLF (RFC 2045 s.4.1.1); what is no character becomes U+FFFD. */
export function canonicalText(text: string): string {
  return text.toWellFormed().replaceAll(/\r\n|\r|\n/g, '\r\n');
}

/** Canonical text, as readable as it can be. No line of the result begins with a boundary. */
export function encodeText(text: string, guard: BoundaryGuard): EncodedContent {
  const octets = Buffer.from(text, 'utf8');
  if (isSevenBit(text) && !guard.isHit(octets)) return { encoding: '7bit', octets };
  const quoted = Buffer.from(toQuotedPrintable(text), 'latin1');
  const isShortest = quoted.length <= base64Length(octets.length);
  if (isShortest && !guard.isHit(quoted)) return { encoding: 'quoted-printable', octets: quoted };
  return encodeBinary(octets);
}

/** The last line has no line end. There is no `-` in base64, so no boundary either. */
export function encodeBinary(content: Buffer): EncodedContent {
  const lines = content.toString('base64').match(base64Line) ?? [];
  return { encoding: 'base64', octets: Buffer.from(lines.join('\r\n'), 'latin1') };
}

/** RFC 2045 s.2.7: no NUL, nothing above 127, no long lines. Nothing that an mbox file takes for a message. */
function isSevenBit(text: string): boolean {
  const isAscii = Buffer.byteLength(text) === text.length && !text.includes('\0');
  const isFit = (line: string): boolean =>
    line.length <= maxLineLength && !line.startsWith('From ');
  return isAscii && text.split('\r\n').every(isFit);
}

function base64Length(octets: number): number {
  const characters = Math.ceil(octets / 3) * 4;
  return characters + Math.floor(characters / 76) * 2;
}
