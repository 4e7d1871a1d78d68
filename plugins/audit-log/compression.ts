// Owns turning a file that was put aside into a compressed one. A crash at any moment leaves one of
// the two whole; the next attempt starts over.
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

export async function compress(path: string, signal: AbortSignal): Promise<void> {
  const unfinished = `${path}.gz.new`;
  try {
    await pipeline(
      createReadStream(path),
      createGzip(),
      createWriteStream(unfinished, { mode: 0o600 }),
      { signal },
    );
    await sync(unfinished);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await rename(unfinished, `${path}.gz`);
  await rm(path);
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}
