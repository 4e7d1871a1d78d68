// Owns the reading of `value; name=value` headers (RFC 2045 s.5.1). It never decides which reading is right.
import { trimBlanks } from './header-fields.ts';

// Bounds the readings that run on to the next semicolon, so that time stays linear.
const maxReadingLength = 500;

export interface MimeParameter {
  /** Lower case, with the asterisks of RFC 2231: `filename*0*`. */
  readonly name: string;
  /** As the grammar has it. */
  readonly value: string;
  /** Every value that some client may take, the one above first. */
  readonly readings: readonly string[];
}

export interface MimeValue {
  /** All of it, as it was given. */
  readonly text: string;
  /** What stands before the parameters, in lower case, without blanks and comments. */
  readonly value: string;
  readonly parameters: readonly MimeParameter[];
}

// A value as nearly all mail has it: `type/subtype; name=token; name="text"`, nothing escaped and no
// comment outside quotes, so that there is one reading of each parameter.
const plainHead = /^[!#$&+.0-9A-Z^_a-z-]+(?:\/[!#$&+.0-9A-Z^_a-z-]+)?(?=[ \t]*(?:;|$))/;
const plainParameter =
  /[ \t]*;[ \t]*([*.0-9A-Z_a-z-]+)=(?:"([^"\\]*)"|([!#-&*-:<-[\]-~]+))(?=[ \t]*(?:;|$))/y;
const plainEnd = /[ \t]*;?[ \t]*$/y;

/** Reads any text without failing: semicolons, quotes and even the leading value may be missing. */
export function parseMimeValue(raw: string): MimeValue {
  return maybePlainValue(raw) ?? parseAnyMimeValue(raw);
}

/** Undefined for what takes the longer way; otherwise the same as it gives. */
function maybePlainValue(raw: string): MimeValue | undefined {
  const head = raw.length > maxReadingLength ? null : plainHead.exec(raw);
  if (head === null) return undefined;
  const parameters: MimeParameter[] = [];
  let at = head[0].length;
  while (at < raw.length) {
    plainParameter.lastIndex = at;
    const match = plainParameter.exec(raw);
    if (match === null) break;
    const value = match[2] ?? match[3] ?? '';
    parameters.push({ name: (match[1] ?? '').toLowerCase(), value, readings: [value] });
    at = plainParameter.lastIndex;
  }
  plainEnd.lastIndex = at;
  if (!plainEnd.test(raw)) return undefined;
  return { text: raw, value: head[0].toLowerCase(), parameters };
}

/** For any text at all. */
export function parseAnyMimeValue(raw: string): MimeValue {
  const head = readHead(raw);
  const parameters = readParameters(raw, head.end);
  const comment = raw.indexOf('(');
  if (comment !== -1 && raw.includes(';', comment)) {
    // Readers that know no comments find parameters in them.
    const known = new Set(parameters.map(({ name }) => name));
    const others = readParameters(raw.replaceAll(/[()]/g, ' '), head.end);
    parameters.push(...others.filter(({ name }) => !known.has(name)));
  }
  return { text: raw, value: head.value, parameters };
}

function readParameters(raw: string, start: number): MimeParameter[] {
  const parameters: MimeParameter[] = [];
  let at = start;
  while (at < raw.length) {
    at = skipBlanks(raw, at);
    const nameEnd = findAny(raw, at, '=;"');
    if (raw[nameEnd] !== '=') {
      at = nameEnd + 1;
      continue;
    }
    const name = lastWord(withoutComments(raw.slice(at, nameEnd))).toLowerCase();
    const { readings, end } = readValue(raw, skipBlanks(raw, nameEnd + 1));
    if (name !== '') parameters.push({ name, value: readings[0] ?? '', readings });
    at = end;
  }
  return parameters;
}

/** The value before the parameters: `text/plain` even when written `Text / Plain (comment)`. */
function readHead(raw: string): { readonly value: string; readonly end: number } {
  const start = skipBlanks(raw, 0);
  const pair = /([^ \t/;=()"]+)[ \t]*\/[ \t]*([^ \t;()"]+)/y;
  pair.lastIndex = start;
  const match = pair.exec(raw);
  if (match !== null) {
    return { value: `${match[1]}/${match[2]}`.toLowerCase(), end: pair.lastIndex };
  }
  const end = findAny(raw, start, ' \t;=(');
  // `Content-Disposition: filename=x` has no value, and lax clients still see the parameter.
  if (raw[skipBlanks(raw, end)] === '=') return { value: '', end: start };
  return { value: raw.slice(start, end).toLowerCase(), end };
}

interface Reading {
  readonly readings: readonly string[];
  readonly end: number;
}

function readValue(raw: string, start: number): Reading {
  return raw[start] === '"' ? readQuoted(raw, start + 1) : readToken(raw, start);
}

function readToken(raw: string, start: number): Reading {
  const end = findAny(raw, start, ' \t;');
  const token = raw.slice(start, end);
  const readings = [token, upToSemicolon(raw, start)];
  const comment = token.indexOf('(');
  if (comment > 0) readings.push(token.slice(0, comment));
  if (/^'.*'$/s.test(token)) readings.push(token.slice(1, -1));
  return { readings: distinct(readings), end };
}

function readQuoted(raw: string, start: number): Reading {
  let end = findAny(raw, start, '"\\');
  while (raw[end] === '\\') end = findAny(raw, end + 2, '"\\');
  const inner = raw.slice(start, end);
  const unescaped = inner.replaceAll(/\\(.)/gs, '$1');
  // A backslash in the names of careless senders is a path separator, not an escape.
  const readings = [unescaped, inner];
  if (end >= raw.length) {
    readings.push(upToSemicolon(raw, start));
    return { readings: distinct(readings), end: findAny(raw, start, ';') };
  }
  const rest = upToSemicolon(raw, end + 1);
  if (rest !== '') readings.push(unescaped + rest);
  return { readings: distinct(readings), end: end + 1 };
}

function upToSemicolon(raw: string, start: number): string {
  const text = raw.slice(start, start + maxReadingLength);
  return trimBlanks(text.split(';', 1)[0] ?? '').replaceAll('"', '');
}

/** Skips blanks, separators left over, and one comment at a time; comments nest (RFC 5322 s.3.2.2). */
function skipBlanks(raw: string, start: number): number {
  let at = start;
  while (at < raw.length) {
    const character = raw[at];
    if (character === '(') {
      const end = findCommentEnd(raw, at);
      if (end === undefined) return at;
      at = end;
    } else if (character === ' ' || character === '\t') {
      at += 1;
    } else {
      return at;
    }
  }
  return at;
}

/** Undefined for a parenthesis that is not closed soon: then it is a character like others. */
function findCommentEnd(raw: string, start: number): number | undefined {
  const limit = Math.min(raw.length, start + maxReadingLength);
  let depth = 0;
  for (let at = start; at < limit; at += 1) {
    const character = raw[at];
    if (character === '\\') at += 1;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return undefined;
}

function findAny(raw: string, start: number, characters: string): number {
  let at = start;
  while (at < raw.length && !characters.includes(raw.charAt(at))) at += 1;
  return Math.min(at, raw.length);
}

function withoutComments(text: string): string {
  if (!text.includes('(')) return text;
  let rest = '';
  for (let at = 0; at < text.length; ) {
    const end = text[at] === '(' ? findCommentEnd(text, at) : at + 1;
    // One that is not closed is none, and nothing behind it is looked at again and again.
    if (end === undefined) return rest + text.slice(at);
    rest += text[at] === '(' ? ' ' : text.charAt(at);
    at = end;
  }
  return rest;
}

function lastWord(text: string): string {
  return trimBlanks(text).split(/[ \t]/).at(-1) ?? '';
}

function distinct(readings: readonly string[]): readonly string[] {
  return [...new Set(readings)];
}
