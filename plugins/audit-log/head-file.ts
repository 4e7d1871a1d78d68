// Owns the checkpoint on the disk. It is replaced whole, so that a reader sees the old one or the new.
import { open, readFile, rename } from 'node:fs/promises';
import { type ChainHead, type ChainKey, headPathOf, readHead, writeHead } from '#plugin-api';
import { isMissing } from './open-file.ts';
import type { Durability } from './options.ts';

/** Undefined when there is none that can be read. Throws when it was made with another key. */
export async function loadHead(
  file: string,
  key: ChainKey | undefined,
): Promise<ChainHead | undefined> {
  const path = headPathOf(file);
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  const reading = readHead(content, key);
  switch (reading.kind) {
    case 'ok':
      return reading.head;
    case 'unreadable':
      return undefined;
    case 'foreign':
      throw new Error(
        `${path} was made with another key or was changed; to begin a new trail, move it and the files of the old one away`,
      );
  }
}

export async function saveHead(
  file: string,
  head: ChainHead,
  { key, durability }: { readonly key: ChainKey | undefined; readonly durability: Durability },
): Promise<void> {
  const path = headPathOf(file);
  const handle = await open(`${path}.new`, 'w', 0o600);
  try {
    await handle.writeFile(writeHead(head, key));
    if (durability === 'disk') await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.new`, path);
}
