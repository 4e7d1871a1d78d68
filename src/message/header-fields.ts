// Owns how the octets of a header block divide into fields. It never changes an octet.

const tab = 0x09;
const lf = 0x0a;
const cr = 0x0d;
const space = 0x20;
const colon = 0x3a;
const del = 0x7f;

/** A stretch of whole lines: a field with its continuation lines, or lines that are no field. */
export interface HeaderField {
  readonly source: Buffer;
  /** The source, one octet per character. */
  readonly text: string;
  readonly start: number;
  /** After the line end. */
  readonly end: number;
  /** As written, without blanks before the colon; undefined for lines that are no field. */
  readonly name: string | undefined;
  /** The name in lower case; empty for lines that are no field. */
  readonly key: string;
  readonly valueStart: number;
}

export interface HeaderFields {
  readonly fields: readonly HeaderField[];
  /** All that was divided, one octet per character. */
  readonly text: string;
  /** Where the blank line starts, or the length when there is none. */
  readonly tailStart: number;
}

/**
 * Divides a header block as the laxest client would: a line ends with CRLF, LF, a bare CR or a
 * longer run of CR, so that a field hidden behind a bare CR is found as well. Time is linear.
 */
export function splitFields(source: Buffer): HeaderFields {
  const text = source.toString('latin1');
  const fields: HeaderField[] = [];
  let fieldStart = 0;
  let at = 0;
  while (at < source.length) {
    const isContinuation = isBlank(source[at]);
    if (!isContinuation && at > fieldStart) {
      fields.push(fieldIn(source, text, fieldStart, at));
      fieldStart = at;
    }
    const textEnd = findTextEnd(source, at);
    const next = findLineEnd(source, textEnd);
    if (textEnd === at && source[next - 1] === lf) return { fields, text, tailStart: at };
    at = next;
  }
  if (at > fieldStart) fields.push(fieldIn(source, text, fieldStart, at));
  return { fields, text, tailStart: at };
}

/** A field of its own from octets that are one field with its line end. */
export function toField(source: Buffer): HeaderField {
  return fieldIn(source, source.toString('latin1'), 0, source.length);
}

function fieldIn(source: Buffer, text: string, start: number, end: number): HeaderField {
  let nameEnd = start;
  while (nameEnd < end && isNameOctet(source[nameEnd])) nameEnd += 1;
  // A lax client reads `Name :` as Name, even with a fold before the colon.
  let at = nameEnd;
  while (at < end && isSpaceOrLineEnd(source[at])) at += 1;
  if (nameEnd === start || at >= end || source[at] !== colon) {
    return { source, text, start, end, name: undefined, key: '', valueStart: start };
  }
  const name = text.slice(start, nameEnd);
  return { source, text, start, end, name, key: name.toLowerCase(), valueStart: at + 1 };
}

/** The value, unfolded (RFC 5322 s.2.2.3: only the line ends go), each octet one latin1 character. */
export function unfoldedValue(field: HeaderField): string {
  let { end } = field;
  while (end > field.valueStart && isLineEnd(field.source[end - 1])) end -= 1;
  const raw = field.text.slice(field.valueStart, end);
  const isOneLine = !raw.includes('\n') && !raw.includes('\r');
  return trimBlanks(isOneLine ? raw : raw.replaceAll(/[\r\n]+/g, ''));
}

/** Trims space and tab only: String.trim would take 0xA0, half of many a UTF-8 character. */
export function trimBlanks(text: string): string {
  let start = 0;
  while (start < text.length && isBlank(text.charCodeAt(start))) start += 1;
  return trimEndBlanks(text.slice(start));
}

/** No regular expression: `[ \t]+$` takes quadratic time on blanks in the middle. */
export function trimEndBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function findTextEnd(source: Buffer, from: number): number {
  let at = from;
  while (at < source.length && source[at] !== lf && source[at] !== cr) at += 1;
  return at;
}

function findLineEnd(source: Buffer, textEnd: number): number {
  let at = textEnd;
  while (at < source.length && source[at] === cr) at += 1;
  return source[at] === lf ? at + 1 : at;
}

function isBlank(octet: number | undefined): boolean {
  return octet === space || octet === tab;
}

function isSpaceOrLineEnd(octet: number | undefined): boolean {
  return isBlank(octet) || isLineEnd(octet);
}

function isLineEnd(octet: number | undefined): boolean {
  return octet === cr || octet === lf;
}

/** Wider than RFC 5322 s.3.6.8: 8-bit octets pass, since clients show such fields too. */
function isNameOctet(octet: number | undefined): boolean {
  return octet !== undefined && octet > space && octet !== colon && octet !== del;
}
