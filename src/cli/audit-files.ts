// Owns which files make up an audit trail, and reading them. It verifies nothing.
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { explain } from '../base/errors.ts';
import { readLink } from '../base/hash-chain.ts';
import { linesOf, type OctetLine } from '../base/octet-lines.ts';
import { CliError } from './failure.ts';

// Longer ones are no lines of a trail; their beginning is enough to see that.
const longestLineOctets = 16 * 1024 * 1024;
const pieceOctets = 64 * 1024;

export interface AuditFile {
  readonly name: string;
  lines(): AsyncGenerator<OctetLine, void, void>;
}

/** A file by its name; compressed when it ends in `.gz`, also when that was done just now. */
export function auditFile(path: string): AuditFile {
  return { name: path, lines: () => linesOf(named(path, octetsOf(path)), longestLineOctets) };
}

/** An error while reading says of which file it is: a damaged .gz does not. */
async function* named(
  path: string,
  octets: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, void> {
  try {
    yield* octets;
  } catch (error) {
    throw new CliError([`${path}: cannot be read: ${explain(error)}`]);
  }
}

/**
 * The current file and those that were put aside, by Postern or by logrotate. The current one is
 * held open, so that one that is put aside meanwhile is neither missed nor read twice.
 */
export async function findAuditFiles(
  file: string,
): Promise<AsyncDisposable & { readonly files: readonly AuditFile[] }> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  try {
    const current = handle === undefined ? undefined : await handle.stat({ bigint: true });
    const files: AuditFile[] = [];
    for (const path of await asidesOf(file)) {
      const isCurrent = current !== undefined && (await isSameFile(path, current.ino));
      if (!isCurrent) files.push(auditFile(path));
    }
    if (handle !== undefined) {
      files.push({ name: file, lines: () => linesOf(octetsIn(handle), longestLineOctets) });
    }
    return { files, [Symbol.asyncDispose]: async () => handle?.close() };
  } catch (error) {
    await handle?.close();
    throw error;
  }
}

export interface OrderedFiles {
  readonly inOrder: readonly AuditFile[];
  /** Without a single line of a trail. */
  readonly strange: readonly AuditFile[];
}

/** By the number of their first line, whatever their names are. */
export async function orderFiles(files: readonly AuditFile[]): Promise<OrderedFiles> {
  const numbered: { readonly file: AuditFile; readonly seq: number }[] = [];
  const strange: AuditFile[] = [];
  for (const file of files) {
    const seq = await firstSeq(file);
    if (seq === undefined) strange.push(file);
    else numbered.push({ file, seq });
  }
  return { inOrder: numbered.toSorted((a, b) => a.seq - b.seq).map(({ file }) => file), strange };
}

async function firstSeq(file: AuditFile): Promise<number | undefined> {
  for await (const { octets } of file.lines()) {
    const link = readLink(octets);
    if (link !== undefined) return link.seq;
  }
  return undefined;
}

async function asidesOf(file: string): Promise<string[]> {
  const names = await readdir(dirname(file));
  const own = new Set(names.filter((name) => isAside(name, basename(file))));
  // Of a file whose compression was cut short there are two.
  const once = [...own].filter((name) => !(name.endsWith('.gz') && own.has(name.slice(0, -3))));
  return once.sort().map((name) => join(dirname(file), name));
}

/** `audit-2026-11-23T120000Z-000001.jsonl.gz`; of logrotate `audit.jsonl.3.gz`, `audit.jsonl-20261123`. */
function isAside(name: string, base: string): boolean {
  const plain = name.endsWith('.gz') ? name.slice(0, -'.gz'.length) : name;
  if (plain.startsWith(base)) {
    return /^(?:\.\d{1,6}|-\d{8}(?:-?\d{1,10})?)$/.test(plain.slice(base.length));
  }
  const extension = extname(base);
  const stem = basename(base, extension);
  if (!plain.startsWith(stem) || !plain.endsWith(extension)) return false;
  const middle = plain.slice(stem.length, plain.length - extension.length);
  return /^-\d{4}-\d{2}-\d{2}T\d{6}Z-\d{6,9}$/.test(middle);
}

async function isSameFile(path: string, inode: bigint): Promise<boolean> {
  try {
    const handle = await open(path, 'r');
    try {
      return (await handle.stat({ bigint: true })).ino === inode;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** From the beginning, as often as wanted. */
async function* octetsIn(handle: FileHandle): AsyncGenerator<Buffer, void, void> {
  let position = 0;
  for (;;) {
    const piece = Buffer.allocUnsafe(pieceOctets);
    const { bytesRead } = await handle.read(piece, 0, pieceOctets, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}

async function* octetsOf(path: string): AsyncGenerator<Buffer, void, void> {
  const { handle, isCompressed } = await openEither(path);
  const file = handle.createReadStream();
  if (!isCompressed) {
    yield* file as AsyncIterable<Buffer>;
    return;
  }
  const gunzip = createGunzip();
  file.once('error', (error) => gunzip.destroy(error));
  try {
    yield* file.pipe(gunzip) as AsyncIterable<Buffer>;
  } finally {
    file.destroy();
  }
}

interface Opened {
  readonly handle: FileHandle;
  readonly isCompressed: boolean;
}

async function openEither(path: string): Promise<Opened> {
  const isCompressed = path.endsWith('.gz');
  try {
    return { handle: await open(path, 'r'), isCompressed };
  } catch (error) {
    if (isCompressed || !isMissing(error)) throw error;
    const handle = await open(`${path}.gz`, 'r').catch(() => {
      throw error;
    });
    return { handle, isCompressed: true };
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
