// Owns writing of zip archives for tests, honest or not: every field can be made to lie.
import { crc32, deflateRawSync } from 'node:zlib';

export interface BuiltEntry {
  readonly name: string | Buffer;
  readonly content?: Buffer;
  readonly isStored?: boolean;
  /** In place of the real name, in the header before the data. */
  readonly localName?: string | Buffer;
  /** In place of the packed content. */
  readonly packed?: Buffer;
  readonly method?: number;
  /** In place of the real one, in the header before the data. */
  readonly localMethod?: number;
  readonly flags?: number;
  /** In place of the real one, in the header before the data. */
  readonly localPackedSize?: number;
  readonly declaredSize?: number;
  /** Shares the data of the entry before it. */
  readonly isOverlapping?: boolean;
  /** In place of the real offset of the header before the data. */
  readonly localOffset?: number;
}

export interface BuiltArchive {
  readonly declaredEntries?: number;
  /** Octets in front of the archive; all offsets count them. */
  readonly prefix?: Buffer;
  readonly suffix?: Buffer;
}

function octetsOf(text: string | Buffer): Buffer {
  return typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
}

export function buildZip(entries: readonly BuiltEntry[], archive: BuiltArchive = {}): Buffer {
  const prefix = archive.prefix ?? Buffer.alloc(0);
  const locals: Buffer[] = [prefix];
  const centrals: Buffer[] = [];
  let offset = prefix.length;
  let last = offset;
  for (const entry of entries) {
    const content = entry.content ?? Buffer.alloc(0);
    const packed = entry.packed ?? (entry.isStored ? content : deflateRawSync(content));
    const name = octetsOf(entry.name);
    const localName = octetsOf(entry.localName ?? entry.name);
    const shared = (
      nameLength: number,
      method = entry.method,
      packedSize = packed.length,
    ): Buffer => {
      const fields = Buffer.alloc(26);
      fields.writeUInt16LE(20, 0);
      fields.writeUInt16LE(entry.flags ?? 0, 2);
      fields.writeUInt16LE(method ?? (entry.isStored ? 0 : 8), 4);
      fields.writeUInt16LE(0x21, 8);
      fields.writeUInt32LE(crc32(content), 10);
      fields.writeUInt32LE(packedSize, 14);
      fields.writeUInt32LE(entry.declaredSize ?? content.length, 18);
      fields.writeUInt16LE(nameLength, 22);
      return fields;
    };
    if (!entry.isOverlapping) {
      const local = Buffer.concat([
        Buffer.from('PK\x03\x04', 'latin1'),
        shared(localName.length, entry.localMethod ?? entry.method, entry.localPackedSize),
        localName,
        packed,
      ]);
      locals.push(local);
      last = offset;
      offset += local.length;
    }
    const ending = Buffer.alloc(14);
    ending.writeUInt32LE(entry.localOffset ?? last, 10);
    centrals.push(
      Buffer.concat([
        Buffer.from('PK\x01\x02\x14\x00', 'latin1'),
        shared(name.length),
        ending,
        name,
      ]),
    );
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  const count = archive.declaredEntries ?? entries.length;
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end, archive.suffix ?? Buffer.alloc(0)]);
}
