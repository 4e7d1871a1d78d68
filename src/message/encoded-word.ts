// Owns RFC 2047 encoded words, both ways. Lax when reading, strict when writing.
import { decodeCharset, decodeOctetString } from './charset.ts';

// RFC 2047 s.2: an encoded word is at most 75 characters; `=?utf-8?Q?` and `?=` take 12 of them.
const maxWordLength = 75;
const frameLength = 12;
// A line with encoded words is at most 76 characters.
const maxEncodedLine = 76;
const minFirstWordLength = 32;
// RFC 5322 s.2.1.1 forbids lines over 998 characters: a word near that is encoded to get places to fold.
const overlongWord = /[^ \t]{850}/;
const maxCharsetLength = 64;

interface EncodedWord {
  readonly charset: string;
  readonly octets: Buffer;
  readonly end: number;
}

/** Decodes all encoded words of a value that holds one octet per character. Time is linear. */
export function decodeWords(value: string): string {
  let text = '';
  let run: EncodedWord[] = [];
  let plainStart = 0;
  let at = value.indexOf('=?');
  // Without a later `?=` no word can end, so the search stops there.
  const lastEnd = value.lastIndexOf('?=');
  while (at !== -1 && at < lastEnd) {
    const word = readWord(value, at);
    if (word === undefined) {
      at = value.indexOf('=?', at + 2);
      continue;
    }
    const plain = value.slice(plainStart, at);
    // RFC 2047 s.6.2: white space between adjacent encoded words is not shown.
    if (run.length === 0 || !/^[ \t]*$/.test(plain)) {
      text += decodeRun(run) + decodeOctetString(plain);
      run = [];
    }
    run.push(word);
    plainStart = word.end;
    at = value.indexOf('=?', plainStart);
  }
  return text + decodeRun(run) + decodeOctetString(value.slice(plainStart));
}

/** Some senders split one character over two words, so neighbours of one charset are decoded together. */
function decodeRun(words: readonly EncodedWord[]): string {
  let text = '';
  let octets: Buffer[] = [];
  for (const [index, word] of words.entries()) {
    octets.push(word.octets);
    if (words[index + 1]?.charset !== word.charset) {
      text += decodeCharset(Buffer.concat(octets), word.charset);
      octets = [];
    }
  }
  return text;
}

function readWord(value: string, start: number): EncodedWord | undefined {
  const charsetEnd = value.indexOf('?', start + 2);
  if (charsetEnd === -1 || charsetEnd - start > maxCharsetLength) return undefined;
  const encoding = value[charsetEnd + 1]?.toLowerCase();
  if ((encoding !== 'b' && encoding !== 'q') || value[charsetEnd + 2] !== '?') return undefined;
  const textStart = charsetEnd + 3;
  const textEnd = value.indexOf('?=', textStart);
  if (textEnd === -1) return undefined;
  const encoded = value.slice(textStart, textEnd);
  // RFC 2231 s.5: a language may follow the charset.
  const charset = value.slice(start + 2, charsetEnd).split('*', 1)[0] ?? '';
  const octets = encoding === 'b' ? Buffer.from(encoded, 'base64') : decodeQ(encoded);
  return { charset: charset.toLowerCase(), octets, end: textEnd + 2 };
}

function decodeQ(encoded: string): Buffer {
  const octets = encoded
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(octets, 'latin1');
}

/**
 * Writes text as US-ASCII: words with other characters become UTF-8 encoded words, plain words and
 * words that are encoded already stay. `column` is where the text starts on its line.
 */
export function encodeWords(text: string, column = 0): string {
  if (!needsEncoding(text)) return text;
  const tokens = text.toWellFormed().match(/[ \t]+|[^ \t]+/g) ?? [];
  const runs: string[] = [];
  let at = 0;
  while (at < tokens.length) {
    const token = tokens[at] ?? '';
    if (!needsEncoding(token)) {
      runs.push(token);
      at += 1;
      continue;
    }
    let last = at;
    while (needsEncoding(tokens[last + 2] ?? '')) last += 2;
    // White space beside another encoded word would vanish, unless it is encoded as well.
    const before = isEncodedWord(tokens[at - 2]) ? (tokens[at - 1] ?? '') : '';
    const after = isEncodedWord(tokens[last + 2]) ? (tokens[last + 1] ?? '') : '';
    const run = before + tokens.slice(at, last + 1).join('') + after;
    const room = at === 0 ? Math.max(maxEncodedLine - column, minFirstWordLength) : maxWordLength;
    runs.push(encodeRun(run, Math.min(room, maxWordLength)));
    at = last + 1;
  }
  return runs.join('');
}

function needsEncoding(text: string): boolean {
  return /[^\t -~]/.test(text) || overlongWord.test(text);
}

function isEncodedWord(token: string | undefined): boolean {
  return token?.startsWith('=?') === true && token.endsWith('?=');
}

/** RFC 2047 s.5 (3): each word holds whole characters and can be decoded by itself. */
function encodeRun(text: string, firstRoom: number): string {
  const isShorterInQ = qLength(text) <= bLength(Buffer.byteLength(text));
  const encode = isShorterInQ ? toQWord : toBWord;
  const words: string[] = [];
  let room = firstRoom - frameLength;
  let part = '';
  let size = 0;
  for (const character of text) {
    const added = isShorterInQ ? qLength(character) : Buffer.byteLength(character);
    const length = isShorterInQ ? size + added : bLength(size + added);
    if (length > room) {
      words.push(encode(part));
      part = '';
      size = 0;
      room = maxWordLength - frameLength;
    }
    part += character;
    size += added;
  }
  words.push(encode(part));
  return words.join(' ');
}

function bLength(octets: number): number {
  return Math.ceil(octets / 3) * 4;
}

function qLength(text: string): number {
  return toQ(text).length;
}

function toBWord(text: string): string {
  return `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;
}

function toQWord(text: string): string {
  return `=?utf-8?Q?${toQ(text)}?=`;
}

/** Plain are only the octets that are safe even inside a phrase (RFC 2047 s.5 (3)). */
function toQ(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replaceAll(/[^A-Za-z0-9!*+/-]/g, (octet) =>
      octet === ' ' ? '_' : `=${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );
}
