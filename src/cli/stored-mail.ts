// Owns reading mail that lies somewhere: single files, folders of them, Maildir, mbox, standard input. However
// much there is, one message is in memory at a time.
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { toCrlf } from '../message/line-ends.ts';
import { MboxSplitter } from './mbox-splitter.ts';

export interface StoredMail {
  /** Path, and the position in an mbox: `mail/inbox:17`. */
  readonly name: string;
  /** With CRLF as line ends. */
  readonly content: Buffer;
}

export interface ReadingOptions {
  /** Of a larger message the beginning is read. */
  readonly maxBytes?: number;
  /** Told of what cannot be read, and reading goes on; without it, it ends with the error. */
  readonly onUnreadable?: (name: string, error: unknown) => void;
}

/** Stands for standard input. */
export const standardInput = '-';

const anySize = 2 ** 31 - 1;

/** All messages at a path, in the order of their names. Rejects when there is nothing to read. */
export async function* readStoredMail(
  path: string,
  options: ReadingOptions = {},
): AsyncGenerator<StoredMail, void, void> {
  if (path === standardInput) {
    yield* readPieces('standard input', process.stdin, options);
    return;
  }
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) yield* readFolder(path, options);
    else if (stats.isFile()) yield* readPieces(path, createReadStream(path), options);
    else throw new Error('neither a file nor a folder');
  } catch (error) {
    if (options.onUnreadable === undefined) throw error;
    options.onUnreadable(path, error);
  }
}

/** A Maildir has its mail in `cur` and `new`; its `tmp` holds what is not complete. */
async function* readFolder(
  path: string,
  options: ReadingOptions,
): AsyncGenerator<StoredMail, void, void> {
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const isMaildir = ['cur', 'new', 'tmp'].every((name) => entries.some((e) => e.name === name));
  for (const entry of names) {
    if (entry.name.startsWith('.') || (isMaildir && entry.name === 'tmp')) continue;
    if (entry.isDirectory() || entry.isFile())
      yield* readStoredMail(join(path, entry.name), options);
  }
}

/** One message, or an mbox, which begins with `From `. */
async function* readPieces(
  name: string,
  pieces: AsyncIterable<unknown>,
  { maxBytes = anySize }: ReadingOptions,
): AsyncGenerator<StoredMail, void, void> {
  const splitter = new MboxSplitter(maxBytes);
  let kind: 'mbox' | 'message' | undefined;
  let head = Buffer.alloc(0);
  const single: Buffer[] = [];
  let [octets, count] = [0, 0];
  const named = (content: Buffer): StoredMail => {
    count += 1;
    return { name: `${name}:${count}`, content: toCrlf(content) };
  };
  for await (const each of pieces) {
    let piece = asBuffer(each);
    if (kind === undefined) {
      head = Buffer.concat([head, piece]);
      if (head.length < 5) continue;
      kind = head.subarray(0, 5).toString('latin1') === 'From ' ? 'mbox' : 'message';
      piece = head;
      head = Buffer.alloc(0);
    }
    if (kind === 'mbox') {
      for (const content of splitter.push(piece)) yield named(content);
    } else if (octets < maxBytes) {
      single.push(piece.subarray(0, maxBytes - octets));
      octets += piece.length;
    }
  }
  if (kind === 'mbox') for (const content of splitter.end()) yield named(content);
  else yield { name, content: toCrlf(Buffer.concat([...single, head])) };
}

function asBuffer(piece: unknown): Buffer {
  if (Buffer.isBuffer(piece)) return piece;
  throw new TypeError('mail is read as octets');
}
