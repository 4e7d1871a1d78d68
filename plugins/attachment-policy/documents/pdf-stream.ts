// Owns where the streams of a PDF document lie, and how they are filtered. It decodes nothing.
import type { PdfFilter } from './pdf-filters.ts';

export interface PdfStream {
  /** Where its content begins. */
  readonly start: number;
  /** Of its dictionary; undefined for filters that are not undone here. */
  readonly filters: readonly PdfFilter[] | undefined;
  readonly octets: Buffer;
}

const mostDictionaryBytes = 16 * 1024;
const endWord = Buffer.from('endstream');
const objectWord = Buffer.from('obj');

/** The stream whose dictionary holds this place; undefined when there is none. */
export function findStream(pdf: Buffer, at: number): PdfStream | undefined {
  const behind = pdf.toString('latin1', at, at + mostDictionaryBytes);
  const length = dictionaryLength(behind);
  if (length === undefined) return undefined;
  const before = pdf.subarray(Math.max(0, at - mostDictionaryBytes), at);
  const opening = before.toString('latin1', Math.max(0, before.lastIndexOf(objectWord)));
  return streamAt(pdf, at + length, opening + behind.slice(0, length));
}

const keyword = 'stream';
// s.7.2.3, s.7.3.4.2: what may hold the keyword without being it.
const tokens = /\\[\s\S]?|[()]|%[^\r\n]*|\bstream(?=[ \t]{0,20}[\r\n])|\bendobj\b/g;
const lineEnd = /stream[ \t]{0,20}(?:\r\n|\r|\n)/y;

/** Up to the keyword behind it. */
function dictionaryLength(text: string): number | undefined {
  let depth = 0;
  tokens.lastIndex = 0;
  for (let found = tokens.exec(text); found !== null; found = tokens.exec(text)) {
    const { 0: token, index } = found;
    if (token === '(') depth += 1;
    else if (token === ')') depth = Math.max(0, depth - 1);
    else if (depth > 0 && token.startsWith('%')) tokens.lastIndex = index + 1;
    else if (depth === 0 && token === 'endobj') return undefined;
    else if (depth === 0 && token === keyword) return index;
  }
  return undefined;
}

function streamAt(pdf: Buffer, wordAt: number, dictionary: string): PdfStream {
  lineEnd.lastIndex = 0;
  const [line = keyword] = lineEnd.exec(pdf.toString('latin1', wordAt, wordAt + 40)) ?? [];
  const start = wordAt + line.length;
  // The length is not believed: readers look for the end where it does not fit.
  const end = pdf.indexOf(endWord, start);
  const octets = pdf.subarray(start, end === -1 ? pdf.length : end);
  return { start, filters: filtersOf(dictionary), octets };
}

function filtersOf(dictionary: string): PdfFilter[] | undefined {
  const plain = dictionary.replaceAll(/#([0-9a-f]{2})/gi, (_match, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  // What a predictor has changed is no text.
  if (/\/Predictor\s*(?!1\b)\d/.test(plain)) return undefined;
  const keys = plain.match(/\/Filter\b/g) ?? [];
  if (keys.length === 0) return [];
  const [, list] = /\/Filter\s*(\[[^\]]{0,200}\]|\/[A-Za-z0-9]+)/.exec(plain) ?? [];
  // One of several may be there to be taken for the other.
  if (keys.length > 1 || list === undefined) return undefined;
  const filters: PdfFilter[] = [];
  for (const [, name = ''] of list.matchAll(/\/([A-Za-z0-9]+)/g)) {
    const filter = known[name];
    if (filter === undefined) return undefined;
    filters.push(filter);
  }
  return filters;
}

const known: Readonly<Record<string, PdfFilter>> = {
  FlateDecode: 'flate',
  Fl: 'flate',
  ASCIIHexDecode: 'hex',
  AHx: 'hex',
  ASCII85Decode: 'base85',
  A85: 'base85',
};
