// Owns which headers are looked at. Verification tries each name that a signature lists against each
// field, so a header made for the purpose would cost minutes; and one that programs divide into
// fields differently would be verified as one message and shown as another. Pure.
import type { HeaderReader } from '#plugin-api';

export interface HeaderLimits {
  readonly maxFields: number;
  /** A field may be folded into many. */
  readonly maxLines: number;
  readonly maxOctets: number;
  /** RFC 6376 s.6.1: a verifier may limit the number of signatures that it tries. */
  readonly maxSignatures: number;
  /** Of a signature, and of fields with addresses or parameters. */
  readonly maxFieldOctets: number;
}

export const headerLimits: HeaderLimits = {
  maxFields: 1000,
  maxLines: 4000,
  maxOctets: 256 * 1024,
  maxSignatures: 10,
  maxFieldOctets: 8 * 1024,
};

const signature = 'dkim-signature';
/** Fields that are taken apart, not only hashed. */
const parsed: ReadonlySet<string> = new Set([
  signature,
  'arc-seal',
  'arc-message-signature',
  'arc-authentication-results',
  'from',
  'return-path',
  'content-type',
]);

// RFC 5322 s.2.2: the header ends at an empty line. Some programs take CRs before a LF for one.
const endPattern = /(?:^|\n)\r*\n/;
// Some programs end a line at a lone CR, others a field at NUL; RFC 5322 s.2.2 has neither.
const loneCr = /\r(?!\n)/;
// As mailauth has it: a line that begins no field belongs to the one before.
const fieldStart = /^[\x21-\x39\x3b-\x7e]+[ \t\r\n]*:/;

/** `start` is the first octets of the message as they came: all of it, or more than `maxOctets`. */
export function isVerifiable(start: Buffer, limits: HeaderLimits): boolean {
  const text = start.toString('latin1');
  const end = endPattern.exec(text);
  const header = end === null ? text : text.slice(0, end.index + end[0].length);
  if (header.length > limits.maxOctets) return false;
  if (loneCr.test(header) || header.includes('\0')) return false;
  const lines = header.split('\n', limits.maxLines + 1);
  return lines.length <= limits.maxLines && areFieldsWithin(lines, limits);
}

function areFieldsWithin(lines: readonly string[], limits: HeaderLimits): boolean {
  let fields = 0;
  let signatures = 0;
  let key = '';
  let octets = 0;
  for (const [index, line] of lines.entries()) {
    // A fold may stand between the name and the colon.
    if (index === 0 || fieldStart.test(`${line}\n${lines[index + 1] ?? ''}`)) {
      key = (/^[^:\s]*/.exec(line.trimStart())?.[0] ?? '').toLowerCase();
      octets = 0;
      fields += 1;
      if (key === signature) signatures += 1;
    }
    octets += line.length + 1;
    if (parsed.has(key) && octets > limits.maxFieldOctets) return false;
  }
  return fields <= limits.maxFields && signatures <= limits.maxSignatures;
}

/** The authors alone, as a header: enough to ask what their domain wants. */
export function authorsOnly(headers: HeaderReader, limits: HeaderLimits): string {
  const fields = headers.all('From').map((value) => `From: ${value}\r\n`);
  const text = fields.slice(0, 2).join('');
  return text.length > limits.maxFieldOctets ? '\r\n' : `${text}\r\n`;
}
