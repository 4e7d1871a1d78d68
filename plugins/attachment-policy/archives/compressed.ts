// Owns the look into single files that are compressed with gzip or zstd.
import { Readable } from 'node:stream';
import { constants, createGunzip, createZstdDecompress } from 'node:zlib';
import { InnerFile } from '../examined-file.ts';
import type { Opener } from '../opener.ts';

const pieceBytes = 64 * 1024;

export const openGzip: Opener = async function* (file, opening) {
  const octets = await opening.whole();
  const names = [...new Set([...innerNames(file.names), ...originalName(octets)])];
  // Of data that ends too early, programs keep the start.
  const unpacking = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: pieceBytes });
  const content: AsyncIterable<Buffer> = Readable.from([octets]).pipe(unpacking);
  yield new InnerFile({ names, extent: 'unknown' }, content, opening.work);
};

export const openZstd: Opener = async function* (file, opening) {
  const octets = await opening.whole();
  const content: AsyncIterable<Buffer> = Readable.from([octets]).pipe(createZstdDecompress());
  const names = innerNames(file.names);
  yield new InnerFile({ names, extent: 'unknown' }, content, opening.work);
};

/** `notes.txt.gz` unpacks to `notes.txt`, `a.tgz` to `a.tar`. */
export function innerNames(names: readonly string[]): string[] {
  return names.map((name) =>
    name
      .replace(/\.(t)(?:gz|bz2?|xz|zst|lz)[. ]*$/i, '.$1ar')
      .replace(/\.(?:gz|bz2?|xz|zst|lz|z)[. ]*$/i, ''),
  );
}

const hasExtra = 0x04;
const hasName = 0x08;
const headerLength = 10;
const maxNameBytes = 1024;

/** RFC 1952 s.2.3: the name that the file had before, in latin1. */
function originalName(octets: Buffer): string[] {
  const flags = octets.length > headerLength ? octets.readUInt8(3) : 0;
  if ((flags & hasName) === 0) return [];
  let at = headerLength;
  if ((flags & hasExtra) !== 0) {
    if (octets.length < at + 2) return [];
    at += 2 + octets.readUInt16LE(at);
  }
  const end = octets.indexOf(0, at);
  return end === -1 || end - at > maxNameBytes ? [] : [octets.toString('latin1', at, end)];
}
