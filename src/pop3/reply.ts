// Owns single-line replies and listing lines, in both directions.
import { AppError, type ResponseCode } from '../base/errors.ts';
import { replyLineMaxOctets, uidlMaxOctets } from './limits.ts';

/** A reply of an upstream, taken apart. */
export interface Reply {
  readonly isOk: boolean;
  /** Extended response code without brackets, upper case: `IN-USE`, `SYS/TEMP` (RFC 2449 s.8). */
  readonly code: string | undefined;
  /** Free text after the code; octets in latin1, not yet safe to print. */
  readonly text: string;
}

/** Success is exactly `+OK` and a blank or the end; `+`, `+OKAY` and `* OK` are violations. */
export function parseReply(line: Buffer): Reply {
  const raw = line.toString('latin1');
  const match = /^(\+OK|-ERR)(?:[ \t]+(?:\[([A-Za-z0-9/_.-]{1,40})\][ \t]*)?(.*))?$/s.exec(raw);
  if (match === null || /[\r\0]/.test(raw)) {
    throw new AppError('UPSTREAM_PROTOCOL', {
      fault: 'upstream',
      publicText: 'the mail server sent something that is not a POP3 reply',
    });
  }
  return { isOk: match[1] === '+OK', code: match[2]?.toUpperCase(), text: match[3] ?? '' };
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
 * Two numbers; anything may follow (RFC 1939 s.5), and blanks may repeat. No message has 13 digits of
 * octets, and sums of such would be written with an exponent.
 */
export function parseScanLine(bytes: Buffer): ScanEntry {
  const match = /^\s*(\d{1,10})\s+(\d{1,12})(?:\s|$)/.exec(bytes.toString('latin1'));
  if (match === null) throw badListing('LIST line');
  return { number: Number(match[1]), octets: Number(match[2]) };
}

/** A number and 1 to 480 printable octets; some servers exceed the 70 of RFC 1939 s.7. */
export function parseUidlLine(bytes: Buffer): UidlEntry {
  const match = /^\s*(\d{1,10})\s+([\x21-\x7e]+)\s*$/.exec(bytes.toString('latin1'));
  const uidl = match?.[2];
  if (match === null || uidl === undefined || uidl.length > uidlMaxOctets) {
    throw badListing('UIDL line');
  }
  // A copy: a part of a string keeps all of it alive, and servers may pad their lines.
  return { number: Number(match[1]), uidl: Buffer.from(uidl, 'latin1').toString('latin1') };
}
