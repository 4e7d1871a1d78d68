// Owns the names of files that were put aside, and when the current one has to be. It changes no file.
import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { Keep, Rotation } from './options.ts';

export interface RotatedFile {
  readonly path: string;
  /** Counts up over the whole life of a trail. */
  readonly number: number;
  readonly rotatedMs: number;
  readonly isCompressed: boolean;
}

/** `audit.jsonl` becomes `audit-2026-11-23T120000Z-000001.jsonl`. */
export function rotatedPath(file: string, nowMs: number, number: number): string {
  const { stem, extension } = partsOf(file);
  const stamp = new Date(nowMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '');
  return join(dirname(file), `${stem}-${stamp}-${String(number).padStart(6, '0')}${extension}`);
}

/** From old to new. */
export async function listRotated(file: string): Promise<RotatedFile[]> {
  const names = await readdir(dirname(file));
  const found = names.flatMap((name) => parseName(file, name) ?? []);
  return found.toSorted((a, b) => a.number - b.number);
}

const rest = /^-(\d{4}-\d{2}-\d{2}T\d{2})(\d{2})(\d{2}Z)-(\d{6,9})$/;

function parseName(file: string, name: string): RotatedFile | undefined {
  const { stem, extension } = partsOf(file);
  if (!name.startsWith(stem)) return undefined;
  const isCompressed = name.endsWith('.gz');
  const plain = isCompressed ? name.slice(0, -'.gz'.length) : name;
  if (!plain.endsWith(extension)) return undefined;
  const [, hour, minute, second, number] =
    rest.exec(plain.slice(stem.length, plain.length - extension.length)) ?? [];
  const rotatedMs = Date.parse(`${hour}:${minute}:${second}`);
  if (Number.isNaN(rotatedMs)) return undefined;
  return { path: join(dirname(file), name), number: Number(number), rotatedMs, isCompressed };
}

function partsOf(file: string): { readonly stem: string; readonly extension: string } {
  const extension = extname(file);
  return { stem: basename(file, extension), extension };
}

const dayMs = 86_400_000;
// 1 January 1970 was a Thursday; weeks begin on Monday.
const daysBeforeMonday = 3;

export interface CurrentFile {
  readonly octets: number;
  readonly sinceMs: number;
}

/** Days and weeks are those of UTC. A file without a line stays. */
export function isDue(
  { maxBytes, every }: Pick<Rotation, 'maxBytes' | 'every'>,
  { octets, sinceMs }: CurrentFile,
  next: { readonly octets: number; readonly nowMs: number },
): boolean {
  if (octets === 0) return false;
  if (octets + next.octets > maxBytes) return true;
  return every !== 'never' && periodOf(every, sinceMs) < periodOf(every, next.nowMs);
}

function periodOf(every: 'day' | 'week', timeMs: number): number {
  const day = Math.floor(timeMs / dayMs);
  return every === 'day' ? day : Math.floor((day + daysBeforeMonday) / 7);
}

/** Those that nobody wants to keep any longer, from old to new. */
export function outdated(files: readonly RotatedFile[], keep: Keep, nowMs: number): RotatedFile[] {
  switch (keep.kind) {
    case 'all':
      return [];
    case 'files':
      return files.slice(0, Math.max(0, files.length - keep.count));
    case 'age': {
      // Up to the first that is young enough: a gap in the middle would be none that is explained.
      const firstKept = files.findIndex(({ rotatedMs }) => nowMs - rotatedMs <= keep.ageMs);
      return firstKept === -1 ? [...files] : files.slice(0, firstKept);
    }
  }
}
