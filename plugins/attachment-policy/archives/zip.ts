// Owns the look into zip archives: what they are by the names in them, and their files.

import { readPackage } from '../documents/office-package.ts';
import { InnerFile } from '../examined-file.ts';
import type { Opener, Opening } from '../opener.ts';
import { inflate, readZip, type ZipEntry } from './zip-directory.ts';
import { readRemains } from './zip-remains.ts';

export const openZip: Opener = async function* (_file, opening) {
  const archive = await opening.whole();
  const entries = await listEntries(archive, opening);
  const claimedOctets = entries.reduce((sum, entry) => sum + (entry.claimedOctets ?? 0), 0);
  opening.work.checkRatio(claimedOctets, archive.length);
  const structure = await readPackage(entries, opening);
  for (const entry of entries) noteEntry(entry, opening);
  for (const entry of entries) {
    if (structure.has(entry)) continue;
    const { names, claimedOctets } = entry;
    const size = claimedOctets === undefined ? {} : { claimedOctets };
    yield new InnerFile({ names, ...size }, contentOf(entry, opening), opening.work);
  }
};

/** The entries that could be listed or found; why there are no more of them is noted. */
async function listEntries(archive: Buffer, { work, note }: Opening): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  try {
    for await (const entry of readZip(archive)) {
      work.startEntry();
      entries.push(entry);
    }
  } catch (error) {
    const stop = work.stopReason(error);
    if (stop === undefined) {
      note('unreadable-archive', 'it is damaged');
      const listed = new Set(entries.map(placeOf));
      for (const entry of readRemains(archive)) {
        work.startEntry();
        if (!listed.has(placeOf(entry))) entries.push(entry);
      }
    } else if (stop.trait === 'archive-ambiguous') note(stop.trait, stop.message);
    else throw stop;
  }
  return entries;
}

function placeOf({ data }: ZipEntry): number | undefined {
  return 'octets' in data ? data.octets.byteOffset : undefined;
}

function noteEntry({ data, ambiguity }: ZipEntry, { note }: Opening): void {
  if (ambiguity !== undefined) note('archive-ambiguous', ambiguity);
  if (data.kind === 'encrypted') note('encrypted-archive', 'a file in it is encrypted');
  if (data.kind === 'unreadable') note('unreadable-archive', data.reason);
}

async function* contentOf(
  { data, claimedOctets }: ZipEntry,
  { note }: Opening,
): AsyncGenerator<Buffer, void, void> {
  if (data.kind === 'encrypted' || data.kind === 'unreadable') return;
  let octets = 0;
  for await (const piece of inflate(data)) {
    octets += piece.length;
    if (claimedOctets !== undefined && octets > claimedOctets)
      note('archive-ambiguous', 'a file in it is longer than it says');
    yield piece;
  }
}
