// Owns the handle that octets are appended by. It knows nothing of lines.
import { fstatSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';

export interface OpenFile {
  readonly handle: FileHandle;
  readonly inode: bigint;
  readonly device: bigint;
  /** False for a pipe or a device: it has no past and cannot be put aside. */
  readonly isRegular: boolean;
  /** Length that the file has when nobody else writes to it. */
  octets: number;
}

/** Creates the file when there is none, readable by its owner only. */
export async function openForAppend(path: string): Promise<OpenFile> {
  // a+ is O_APPEND with reading: no octet is ever written over another.
  const handle = await open(path, 'a+', 0o600);
  try {
    const stats = await handle.stat({ bigint: true });
    const isRegular = stats.isFile();
    const octets = isRegular ? Number(stats.size) : 0;
    return { handle, inode: stats.ino, device: stats.dev, isRegular, octets };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Whether the path leads to another file by now, or to none. */
export async function isMoved(path: string, file: OpenFile): Promise<boolean> {
  try {
    const { ino, dev } = await stat(path, { bigint: true });
    return ino !== file.inode || dev !== file.device;
  } catch (error) {
    if (isMissing(error)) return true;
    throw error;
  }
}

/** The system knows it without a look at the disk. */
export function lengthOf({ handle }: OpenFile): number {
  return fstatSync(handle.fd).size;
}

export interface Writing {
  readonly octets: number;
  /** Undefined when all octets were taken. */
  readonly failure: { readonly cause: unknown } | undefined;
}

/** One write is the rule. A disk that fills up takes a part first and fails on the rest. */
export async function append(file: OpenFile, bytes: Buffer): Promise<Writing> {
  let written = 0;
  try {
    while (written < bytes.length) {
      written += (await file.handle.write(bytes, written)).bytesWritten;
    }
    return { octets: written, failure: undefined };
  } catch (cause) {
    return { octets: written, failure: { cause } };
  } finally {
    file.octets += written;
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
