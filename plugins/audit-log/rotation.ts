// Owns putting the current file aside under a name of its own.
import { open, rename } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Durability } from './options.ts';
import { listRotated, rotatedPath } from './rotated-files.ts';

export interface Moment {
  readonly nowMs: number;
  /** As far as the trail remembers. */
  readonly rotations: number;
  readonly durability: Durability;
}

export interface Aside {
  /** Without its folder. */
  readonly name: string;
  readonly number: number;
}

export async function putAside(
  file: string,
  { nowMs, rotations, durability }: Moment,
): Promise<Aside> {
  // A trail that has lost its checkpoint must not use a number twice.
  const newest = (await listRotated(file)).at(-1)?.number ?? 0;
  const number = Math.max(rotations, newest) + 1;
  const path = rotatedPath(file, nowMs, number);
  await rename(file, path);
  if (durability === 'disk') await syncFolder(dirname(file));
  return { name: basename(path), number };
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
