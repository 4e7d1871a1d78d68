// Owns reading mail that lies somewhere: single files, folders of them, Maildir, mbox.
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { toCrlf } from '../message/line-ends.ts';

export interface StoredMail {
  /** Path, and the position in an mbox: `mail/inbox:17`. */
  readonly name: string;
  /** With CRLF as line ends. */
  readonly content: Buffer;
}

/** All messages at a path, in the order of their names. Rejects when there is nothing to read. */
export async function* readStoredMail(path: string): AsyncGenerator<StoredMail, void, void> {
  const stats = await stat(path);
  if (stats.isDirectory()) yield* readFolder(path);
  else if (await isMbox(path)) yield* readMbox(path);
  else yield { name: path, content: toCrlf(await readFile(path)) };
}

/** A Maildir has its mail in `cur` and `new`; its `tmp` holds what is not complete. */
async function* readFolder(path: string): AsyncGenerator<StoredMail, void, void> {
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const isMaildir = ['cur', 'new', 'tmp'].every((name) => entries.some((e) => e.name === name));
  for (const entry of names) {
    if (entry.name.startsWith('.') || (isMaildir && entry.name === 'tmp')) continue;
    if (entry.isDirectory() || entry.isFile()) yield* readStoredMail(join(path, entry.name));
  }
}

async function isMbox(path: string): Promise<boolean> {
  for await (const piece of createReadStream(path, { end: 4 })) {
    return Buffer.from(piece).toString('latin1') === 'From ';
  }
  return false;
}

/** The `mboxrd` form: one `>` in front of `From ` is taken off. */
async function* readMbox(path: string): AsyncGenerator<StoredMail, void, void> {
  let lines: string[] = [];
  let count = 0;
  const take = (): StoredMail => {
    const text = lines.map((line) => line.replace(/^>(>*From )/, '$1')).join('\r\n');
    lines = [];
    return { name: `${path}:${count}`, content: Buffer.from(`${text}\r\n`, 'latin1') };
  };
  const input = createReadStream(path, { encoding: 'latin1' });
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const isStart = line.startsWith('From ') && (count === 0 || lines.at(-1) === '');
    if (!isStart) {
      lines.push(line);
      continue;
    }
    if (count > 0) {
      lines.pop();
      yield take();
    }
    count += 1;
  }
  if (count > 0) yield take();
}
