// Owns the npm package yauzl: the entries of a zip archive in memory, and their content piece by
// piece. It judges nothing; whatever does not fit together is an error or an unreadable entry.
import { constants, createInflateRaw } from 'node:zlib';
import { type Entry, fromBufferPromise, getFileNameLowLevel, type ZipFile } from 'yauzl';

export interface ZipEntry {
  /** Every name that some program would give the file. */
  readonly names: readonly string[];
  readonly data: ZipData;
}

export type ZipData = ZipContent | { readonly kind: 'unreadable'; readonly reason: string };

export interface ZipContent {
  readonly kind: 'stored' | 'deflated';
  readonly octets: Buffer;
}

/** What is wrong with an archive, in words for the evidence. */
export class ZipError extends Error {
  override readonly name = 'ZipError';
}

const stored = 0;
const deflated = 8;
const centralSignature = 0x02014b50;

/** Folders are left out. Throws when the directory of the archive cannot be read to its end. */
export async function* readZip(archive: Buffer): AsyncGenerator<ZipEntry, void, void> {
  // Names are decoded here: yauzl gives up an archive for a name with `..`, or sizes that lie.
  const zip = await fromBufferPromise(archive, { decodeStrings: false, validateEntrySizes: false });
  let octets = 0;
  for await (const entry of zip.eachEntry()) {
    octets += entry.compressedSize;
    // Entries that share their octets are no work of an honest program, and much work for us.
    if (octets > archive.length) throw new ZipError('its entries overlap');
    const { localName, data } = await readLocal(zip, entry, archive);
    const names = namesOf(entry, localName);
    const isFolder = entry.compressedSize === 0 && names.every((name) => name.endsWith('/'));
    if (!isFolder) yield { names, data };
  }
  // The number of entries stands apart from them; some programs count, some read on.
  const end = Number(zip.readEntryCursor);
  const hasMore = end + 4 <= archive.length && archive.readUInt32LE(end) === centralSignature;
  if (hasMore) throw new ZipError('it has more entries than it says');
}

/** Rejects when the data is damaged. */
export async function* inflate({ kind, octets }: ZipContent): AsyncGenerator<Buffer, void, void> {
  if (kind === 'stored') {
    yield octets;
    return;
  }
  // Of data that ends too early, programs keep the start.
  const stream = createInflateRaw({ finishFlush: constants.Z_SYNC_FLUSH });
  stream.end(octets);
  yield* stream;
}

async function readLocal(
  zip: ZipFile,
  entry: Entry,
  archive: Buffer,
): Promise<{ readonly localName: Buffer; readonly data: ZipData }> {
  try {
    const { fileDataStart, fileName } = await zip.readLocalFileHeaderPromise(entry);
    const octets = archive.subarray(fileDataStart, fileDataStart + entry.compressedSize);
    return { localName: fileName, data: toData(entry, octets) };
  } catch {
    const data: ZipData = { kind: 'unreadable', reason: 'a file in it is damaged' };
    return { localName: entry.fileNameRaw, data };
  }
}

function toData(entry: Entry, octets: Buffer): ZipData {
  if (entry.isEncrypted()) return { kind: 'unreadable', reason: 'a file in it is encrypted' };
  switch (entry.compressionMethod) {
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
  const names = new Set([
    getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false),
    fileNameRaw.toString('utf8'),
    localName.toString('utf8'),
  ]);
  return [...names];
}
