// Owns what happens to files that were put aside: they are compressed, and removed when they are old.
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { createGunzip } from 'node:zlib';
import { type ChainPoint, linesOf, readLink } from '#plugin-api';
import { compress } from './compression.ts';
import type { Rotation } from './options.ts';
import { listRotated, outdated, type RotatedFile } from './rotated-files.ts';

// Enough to find the place of a line in its chain; more is not looked at.
const longestLineOctets = 16 * 1024 * 1024;

export interface UpkeepTools {
  readonly nowMs: number;
  readonly signal: AbortSignal;
  /** Records the removal before it takes place; lines up to `start` will be gone. */
  forget(start: ChainPoint, record: string): Promise<void>;
}

export async function keepUp(file: string, rotation: Rotation, tools: UpkeepTools): Promise<void> {
  await removeOutdated(file, rotation, tools);
  if (rotation.form === 'plain') return;
  for (const { path, isCompressed } of await listRotated(file)) {
    if (!isCompressed) await compress(path, tools.signal);
  }
}

async function removeOutdated(
  file: string,
  { keep }: Rotation,
  { nowMs, signal, forget }: UpkeepTools,
): Promise<void> {
  const files = await listRotated(file);
  const gone = outdated(files, keep, nowMs);
  if (gone.length === 0) return;
  const start = await endBefore([...files.slice(gone.length), { path: file, isCompressed: false }]);
  // Without a line behind them nobody could tell afterwards what they ended with.
  if (start === undefined) return;
  signal.throwIfAborted();
  await forget(start, retentionRecord(gone, start, nowMs));
  for (const { path } of gone) await rm(path, { force: true });
}

function retentionRecord(gone: readonly RotatedFile[], start: ChainPoint, nowMs: number): string {
  return JSON.stringify({
    time: new Date(nowMs).toISOString(),
    event: 'retention',
    removed: gone.map(({ path }) => basename(path)),
    upTo: start,
  });
}

/** What the first line of these files says of the line before it. */
async function endBefore(
  files: readonly Pick<RotatedFile, 'path' | 'isCompressed'>[],
): Promise<ChainPoint | undefined> {
  for (const file of files) {
    for await (const line of linesOf(octetsOf(file), longestLineOctets)) {
      const link = readLink(line.octets);
      if (link !== undefined) return { seq: link.seq - 1, hash: link.prev };
    }
  }
  return undefined;
}

async function* octetsOf({
  path,
  isCompressed,
}: Pick<RotatedFile, 'path' | 'isCompressed'>): AsyncGenerator<Buffer, void, void> {
  const file = createReadStream(path);
  if (!isCompressed) {
    yield* file;
    return;
  }
  const gunzip = createGunzip();
  file.once('error', (error) => gunzip.destroy(error));
  try {
    yield* file.pipe(gunzip);
  } finally {
    file.destroy();
  }
}
