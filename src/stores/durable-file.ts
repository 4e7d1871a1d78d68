// Owns how a file gets onto the disk for good: 0600, fsynced, its folder fsynced.
// It knows nothing of what the files are.
import { type FileHandle, open, rm } from 'node:fs/promises';

/** The few operations that can fail for want of space, rights or a working disk. */
export interface FileActions {
  /** Opens a new file, 0600; rejects when it exists. */
  create(path: string): Promise<OutputFile>;
  /** Removes a file; one that is not there is no error. */
  remove(path: string): Promise<void>;
  /** Makes the names in this folder last. */
  syncFolder(path: string): Promise<void>;
}

export interface OutputFile {
  /** Appends all octets. */
  write(octets: Buffer): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export const diskActions: FileActions = {
  async create(path) {
    return outputTo(await open(path, 'wx', 0o600));
  },
  remove: (path) => rm(path, { force: true }),
  async syncFolder(path) {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
};

function outputTo(handle: FileHandle): OutputFile {
  return {
    // Unlike FileHandle.write, writeFile goes on after a partial write.
    write: (octets) => handle.writeFile(octets),
    sync: () => handle.sync(),
    close: () => handle.close(),
  };
}

/** Writes a new file completely onto the disk; its name lasts only once its folder is synced. */
export async function writeSynced(
  actions: FileActions,
  path: string,
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<void> {
  const file = await actions.create(path);
  try {
    for await (const octets of content) await file.write(octets);
    await file.sync();
  } finally {
    await file.close();
  }
}
