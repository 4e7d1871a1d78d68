// Owns telling archives by their first octets, and by their name where those are not enough. Pure.
import { extensionsOf } from './file-name.ts';

export type ArchiveKind =
  | { readonly kind: 'zip' }
  /** An archive that cannot be looked into. */
  | { readonly kind: 'closed'; readonly format: string };

const zip: ArchiveKind = { kind: 'zip' };

// APPNOTE.TXT s.4.3.7, s.8.5.4: a local header, if need be behind the marker of a split archive;
// s.4.3.16: the end record of an empty archive.
const zipStarts = ['PK\x03\x04', 'PK\x05\x06', 'PK00PK\x03\x04', 'PK\x07\x08PK\x03\x04'];
const rarStart = 'Rar!\x1a\x07';
const sevenZipStart = '7z\xbc\xaf\x27\x1c';
const zipTypes: ReadonlySet<string> = new Set(['application/zip', 'application/x-zip-compressed']);

export interface ArchiveClaims {
  readonly names: readonly string[];
  readonly contentType?: string;
}

export function findArchive(head: Buffer, claims: ArchiveClaims): ArchiveKind | undefined {
  const start = head.toString('latin1', 0, 16);
  if (zipStarts.some((magic) => start.startsWith(magic))) return zip;
  if (start.startsWith(rarStart)) return { kind: 'closed', format: 'RAR' };
  if (start.startsWith(sevenZipStart)) return { kind: 'closed', format: '7z' };
  // A zip archive is read from its end: what is opened as one may start with anything.
  const isClaimed =
    zipTypes.has(claims.contentType ?? '') ||
    claims.names.some((name) => extensionsOf(name).has('zip'));
  return isClaimed && head.length > 0 ? zip : undefined;
}
