// Owns the npm package yauzl: the entries of a zip archive in memory, and their content piece by
// piece. Where programs may disagree about an archive, that is said; it judges nothing else.
import { constants, createInflateRaw } from 'node:zlib';
import { type Entry, fromBufferPromise, getFileNameLowLevel, type ZipFile } from 'yauzl';
import { StopError } from '../work.ts';

export interface ZipEntry {
  /** Every name that some program would give the file. */
  readonly names: readonly string[];
  /** As the directory has it; undefined where there is none. */
  readonly claimedOctets: number | undefined;
  readonly data: ZipData;
  /** What header and directory have in two ways. */
  readonly ambiguity: string | undefined;
}

export type ZipData =
  | ZipContent
  | { readonly kind: 'encrypted' }
  | { readonly kind: 'unreadable'; readonly reason: string };

export interface ZipContent {
  readonly kind: 'stored' | 'deflated';
  readonly octets: Buffer;
}

const stored = 0;
const deflated = 8;
const centralSignature = 0x02014b50;
const localSignature = Buffer.from('PK\x03\x04', 'latin1');
const zip64Field = 1;
const largest = 0xffff_ffff;
const sizesFollow = 0x08;
/** Small, so that a look at the start of each of many files is cheap. */
const pieceBytes = 8 * 1024;

/** Folders are left out. Throws when the directory of the archive cannot be read to its end. */
export async function* readZip(archive: Buffer): AsyncGenerator<ZipEntry, void, void> {
  // Names are decoded here: yauzl gives up an archive for a name with `..`, or sizes that lie.
  const zip = await fromBufferPromise(archive, { decodeStrings: false, validateEntrySizes: false });
  let octets = 0;
  const listed: Stretch[] = [];
  for await (const entry of zip.eachEntry()) {
    octets += entry.compressedSize;
    // Entries that share their octets are no work of an honest program, and much work for us.
    if (octets > archive.length) throw new StopError('archive-bomb', 'its entries overlap');
    const { localName, localMethod, hasTwoSizes, data, stretch } = await readLocal(
      zip,
      entry,
      archive,
    );
    listed.push(stretch);
    const names = namesOf(entry, localName);
    const isFolder = entry.compressedSize === 0 && names.every((name) => name.endsWith('/'));
    if (isFolder) continue;
    const ambiguity = !localName.equals(entry.fileNameRaw)
      ? 'a file in it has two names'
      : localMethod !== entry.compressionMethod
        ? 'a file in it is packed in two ways'
        : hasTwoSizes
          ? 'a file in it has two sizes'
          : hasLargeForm(entry)
            ? 'the sizes in it have the form of those above 4 GB'
            : undefined;
    yield { names, claimedOctets: entry.uncompressedSize, data, ambiguity };
  }
  // The number of entries stands apart from them; some programs count, some read on.
  const end = Number(zip.readEntryCursor);
  const hasMore = end + 4 <= archive.length && archive.readUInt32LE(end) === centralSignature;
  if (hasMore) throw new StopError('archive-ambiguous', 'it has more entries than it says');
  // Who unpacks from front to back, or goes by another directory, finds these as well.
  const unlisted = findUnlisted(archive, listed);
  if (unlisted) throw new StopError('archive-ambiguous', 'it has files that its directory lacks');
}

/** APPNOTE.TXT s.4.5.3. Programs without zip64, virus scanners among them, see no content then. */
function hasLargeForm({ compressedSize, uncompressedSize, extraFields }: Entry): boolean {
  const isSmall = compressedSize < largest && uncompressedSize < largest;
  return isSmall && extraFields.some(({ id, data }) => id === zip64Field && data.length >= 8);
}

/** Is there the header of a file anywhere else than before and in the files of the directory? */
function findUnlisted(archive: Buffer, listed: readonly Stretch[]): boolean {
  const ordered = listed.toSorted((a, b) => a.start - b.start);
  let at = 0;
  for (const { start, end } of [...ordered, { start: archive.length, end: archive.length }]) {
    const found = archive.subarray(0, start).indexOf(localSignature, at);
    if (found !== -1) return true;
    at = Math.max(at, end);
  }
  return false;
}

/** Throws when the data is damaged. */
export async function* inflate({ kind, octets }: ZipContent): AsyncGenerator<Buffer, void, void> {
  if (kind === 'stored') {
    for (let at = 0; at < octets.length; at += pieceBytes) {
      yield octets.subarray(at, at + pieceBytes);
    }
    return;
  }
  // Of data that ends too early, programs keep the start.
  const stream = createInflateRaw({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: pieceBytes });
  stream.end(octets);
  yield* stream;
}

/** From the header of a file to the end of its data. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

interface LocalHeader {
  readonly localName: Buffer;
  readonly localMethod: number;
  readonly hasTwoSizes: boolean;
  readonly data: ZipData;
  readonly stretch: Stretch;
}

async function readLocal(zip: ZipFile, entry: Entry, archive: Buffer): Promise<LocalHeader> {
  const start = entry.relativeOffsetOfLocalHeader;
  try {
    const header = await zip.readLocalFileHeaderPromise(entry);
    const { fileDataStart, fileName, compressionMethod } = header;
    const end = fileDataStart + entry.compressedSize;
    const data = toData(entry, archive.subarray(fileDataStart, end));
    const stretch = { start, end };
    // Nothing where it was not known yet (APPNOTE.TXT s.4.4.4), the largest number with zip64.
    const isSaid = ![0, largest, entry.compressedSize].includes(header.compressedSize);
    const isKnown = (header.generalPurposeBitFlag & sizesFollow) === 0;
    const hasTwoSizes = isSaid && isKnown;
    return { localName: fileName, localMethod: compressionMethod, hasTwoSizes, data, stretch };
  } catch {
    const data: ZipData = { kind: 'unreadable', reason: 'a file in it is damaged' };
    const { fileNameRaw: localName, compressionMethod: localMethod } = entry;
    return { localName, localMethod, hasTwoSizes: false, data, stretch: { start, end: start } };
  }
}

function toData(entry: Entry, octets: Buffer): ZipData {
  return methodOf(entry.compressionMethod, entry.isEncrypted(), octets);
}

/** How these octets have to be read. */
export function methodOf(method: number, isEncrypted: boolean, octets: Buffer): ZipData {
  if (isEncrypted) return { kind: 'encrypted' };
  switch (method) {
    case stored:
      return { kind: 'stored', octets };
    case deflated:
      return { kind: 'deflated', octets };
    default:
      return { kind: 'unreadable', reason: 'a file in it is packed in an unknown way' };
  }
}

/** The directory and the file itself may disagree, and programs on what the octets of a name mean. */
function namesOf(entry: Entry, localName: Buffer): string[] {
  const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
  const claimed = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
  const utf8 = fileNameRaw.toString('utf8');
  // What can be UTF-8 is, whether the flag says so or not: the first name is the one that is shown.
  const names = utf8.includes('\ufffd') ? [claimed, utf8] : [utf8, claimed];
  return [...new Set([...names, localName.toString('utf8')])];
}
