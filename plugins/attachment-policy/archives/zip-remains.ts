// Owns the files of a zip archive whose directory cannot be read: junk stands in front of it or behind,
// or it is gone. Programs that unpack or repair such archives go by the headers of the files.
import { methodOf, type ZipEntry } from './zip-directory.ts';

const localSignature = Buffer.from('PK\x03\x04', 'latin1');
const headerBytes = 30;
const encrypted = 0x01;
const sizesFollow = 0x08;
const longestName = 1024;

/** All that looks like the header of a file, wherever it stands. */
export function* readRemains(archive: Buffer): Generator<ZipEntry, void, void> {
  let at = archive.indexOf(localSignature);
  while (at !== -1 && at + headerBytes <= archive.length) {
    const next = archive.indexOf(localSignature, at + localSignature.length);
    const entry = entryAt(archive, at, next === -1 ? archive.length : next);
    if (entry !== undefined) yield entry;
    at = next;
  }
}

function entryAt(archive: Buffer, at: number, next: number): ZipEntry | undefined {
  const nameBytes = archive.readUInt16LE(at + 26);
  const start = at + headerBytes + nameBytes + archive.readUInt16LE(at + 28);
  if (nameBytes === 0 || nameBytes > longestName || start > archive.length) return undefined;
  const flags = archive.readUInt16LE(at + 6);
  const said = archive.readUInt32LE(at + 18);
  // Where the size stands behind the data, the next file ends it, and deflated data end by themselves.
  const isSaid = (flags & sizesFollow) === 0 && start + said <= archive.length;
  const octets = archive.subarray(start, isSaid ? start + said : Math.max(start, next));
  const name = archive.toString('utf8', at + headerBytes, at + headerBytes + nameBytes);
  return {
    names: [name],
    claimedOctets: undefined,
    data: methodOf(archive.readUInt16LE(at + 8), (flags & encrypted) !== 0, octets),
    ambiguity: undefined,
  };
}
