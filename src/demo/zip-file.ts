// Owns writing of a small zip archive for the samples. It reads none and knows no encryption, no
// zip64 and no directories.
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  /** ASCII, forward slashes. */
  readonly name: string;
  readonly content: Buffer;
}

// APPNOTE.TXT s.4.3: local file header, central directory header, end of central directory.
const localSignature = 0x04034b50;
const centralSignature = 0x02014b50;
const endSignature = 0x06054b50;
const versionNeeded = 20;
const methodDeflate = 8;
// 1980-01-01 00:00, the earliest MS-DOS date: the same entries always give the same octets.
const dosDate = 0x0021;

interface WrittenEntry {
  readonly local: Buffer;
  readonly central: Buffer;
}

function writeEntry(entry: ZipEntry, localOffset: number): WrittenEntry {
  const name = Buffer.from(entry.name, 'ascii');
  const packed = deflateRawSync(entry.content);

  // From "version needed" to "extra field length" both headers hold the same fields.
  const shared = Buffer.alloc(26);
  shared.writeUInt16LE(versionNeeded, 0);
  shared.writeUInt16LE(methodDeflate, 4);
  shared.writeUInt16LE(dosDate, 8);
  shared.writeUInt32LE(crc32(entry.content), 10);
  shared.writeUInt32LE(packed.length, 14);
  shared.writeUInt32LE(entry.content.length, 18);
  shared.writeUInt16LE(name.length, 22);

  const localStart = Buffer.alloc(4);
  localStart.writeUInt32LE(localSignature);

  const centralStart = Buffer.alloc(6);
  centralStart.writeUInt32LE(centralSignature, 0);
  centralStart.writeUInt16LE(versionNeeded, 4);
  const centralEnd = Buffer.alloc(14);
  centralEnd.writeUInt32LE(localOffset, 10);

  return {
    local: Buffer.concat([localStart, shared, name, packed]),
    central: Buffer.concat([centralStart, shared, centralEnd, name]),
  };
}

export function writeZip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const written = writeEntry(entry, offset);
    locals.push(written.local);
    centrals.push(written.central);
    offset += written.local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(endSignature, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}
