// Owns single-line replies and listing lines, in both directions.
import { AppError, type ResponseCode } from '../base/errors.ts';
import { replyLineMaxOctets, uidlMaxOctets } from './limits.ts';

const plus = 0x2b;

/** A reply of an upstream, taken apart. */
export interface Reply {
  readonly isOk: boolean;
  /** Extended response code without brackets, upper case: `IN-USE`, `SYS/TEMP` (RFC 2449 s.8). */
  readonly code: string | undefined;
  /** Free text after the code; octets in latin1, not yet safe to print. */
  readonly text: string;
}

const replyForm = /^(?:\+OK|-ERR)(?:[ \t]+(?:\[([A-Za-z0-9/_.-]{1,40})\][ \t]*)?([^\r\0]*))?$/;

/** Success is exactly `+OK` and a blank or the end; `+`, `+OKAY` and `* OK` are violations. */
export function parseReply(line: Buffer): Reply {
  const match = replyForm.exec(line.toString('latin1'));
  if (match === null) {
    throw new AppError('UPSTREAM_PROTOCOL', {
      fault: 'upstream',
      publicText: 'the mail server sent something that is not a POP3 reply',
    });
  }
  return { isOk: line[0] === plus, code: match[1]?.toUpperCase(), text: match[2] ?? '' };
}

/** Printable ASCII only, so that no peer can write into a terminal, a log or a second line. */
export function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?');
}

function line(text: string): Buffer {
  return Buffer.from(`${printable(text).slice(0, replyLineMaxOctets - 2)}\r\n`, 'latin1');
}

export function okReply(text: string): Buffer {
  return line(text === '' ? '+OK' : `+OK ${text}`);
}

export function errReply(text: string, code?: ResponseCode): Buffer {
  return line(code === undefined ? `-ERR ${text}` : `-ERR [${code}] ${text}`);
}

/** SASL challenge: "+" and one blank, also when it is empty (RFC 5034 s.4). */
export function challenge(base64: string): Buffer {
  return Buffer.from(`+ ${base64}\r\n`, 'latin1');
}

/** `+OK`, the lines and the terminator. Lines are ours and need no stuffing: none starts with a dot. */
export function multilineReply(text: string, lines: readonly string[]): Buffer {
  return Buffer.from(
    `+OK ${text}\r\n${lines.map((each) => `${each}\r\n`).join('')}.\r\n`,
    'latin1',
  );
}

/** One line of LIST. */
export interface ScanEntry {
  readonly number: number;
  readonly octets: number;
}

/** One line of UIDL. */
export interface UidlEntry {
  readonly number: number;
  readonly uidl: string;
}

function badListing(what: string): AppError {
  return new AppError('UPSTREAM_PROTOCOL', {
    fault: 'upstream',
    publicText: `the mail server sent a ${what} that cannot be read`,
  });
}

/**
 * The LIST line between `start` and `end`: two numbers; anything may follow (RFC 1939 s.5), and blanks
 * may repeat. No message has 13 digits of octets, and sums of such would be written with an exponent.
 */
export function parseScanLine(octets: Buffer, start = 0, end = octets.length): ScanEntry {
  const number = skipBlanks(octets, start, end);
  const numberEnd = skipDigits(octets, number, end);
  const size = skipBlanks(octets, numberEnd, end);
  const sizeEnd = skipDigits(octets, size, end);
  const isNumber = isCount(numberEnd - number, numberMaxDigits) && size > numberEnd;
  const isSize = isCount(sizeEnd - size, sizeMaxDigits);
  if (!isNumber || !isSize || (sizeEnd < end && !isBlank(octets[sizeEnd]))) {
    throw badListing('LIST line');
  }
  return {
    number: numberIn(octets, number, numberEnd),
    octets: numberIn(octets, size, sizeEnd),
  };
}

/**
 * The UIDL line between `start` and `end`: a number and 1 to 480 printable octets; some servers exceed
 * the 70 of RFC 1939 s.7.
 */
export function parseUidlLine(octets: Buffer, start = 0, end = octets.length): UidlEntry {
  const number = skipBlanks(octets, start, end);
  const numberEnd = skipDigits(octets, number, end);
  const uidl = skipBlanks(octets, numberEnd, end);
  const uidlEnd = skipPrintable(octets, uidl, end);
  const isNumber = isCount(numberEnd - number, numberMaxDigits) && uidl > numberEnd;
  const isUidl = isCount(uidlEnd - uidl, uidlMaxOctets);
  if (!isNumber || !isUidl || skipBlanks(octets, uidlEnd, end) < end) throw badListing('UIDL line');
  return {
    number: numberIn(octets, number, numberEnd),
    uidl: octets.toString('latin1', uidl, uidlEnd),
  };
}

const numberMaxDigits = 10;
const sizeMaxDigits = 12;

function isCount(length: number, max: number): boolean {
  return length > 0 && length <= max;
}

/** Space, and the control characters from tab to carriage return. */
function isBlank(octet: number | undefined): boolean {
  return octet !== undefined && (octet === 0x20 || (octet >= 0x09 && octet <= 0x0d));
}

function skipBlanks(octets: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(octets[at])) at += 1;
  return at;
}

function skipDigits(octets: Buffer, start: number, end: number): number {
  let at = start;
  for (; at < end; at += 1) {
    const octet = octets[at] ?? 0;
    if (octet < 0x30 || octet > 0x39) break;
  }
  return at;
}

function skipPrintable(octets: Buffer, start: number, end: number): number {
  let at = start;
  for (; at < end; at += 1) {
    const octet = octets[at] ?? 0;
    if (octet < 0x21 || octet > 0x7e) break;
  }
  return at;
}

function numberIn(octets: Buffer, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at += 1) number = number * 10 + (octets[at] ?? 0) - 0x30;
  return number;
}
