// Owns writing of archives other than zip for tests: stored files in tar, CAB, RAR 5 and LHA, each as
// small as the format allows.
import { crc32 } from 'node:zlib';

export interface TarEntry {
  readonly name: string;
  readonly content?: Buffer;
  readonly type?: string;
  /** In place of the real one. */
  readonly octets?: number;
  /** Of a sparse file in GNU's old form. */
  readonly realOctets?: number;
  readonly prefix?: string;
}

export function buildTar(entries: readonly TarEntry[], { isEnded = true } = {}): Buffer {
  const blocks = entries.flatMap(({ content = Buffer.alloc(0), ...entry }) => {
    const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
    return [tarHeader(entry, content.length), content, padding];
  });
  return Buffer.concat(isEnded ? [...blocks, Buffer.alloc(1024)] : blocks);
}

function tarHeader({ name, type = '0', prefix = '', ...sizes }: TarEntry, length: number): Buffer {
  const header = Buffer.alloc(512);
  const octets = sizes.octets ?? length;
  header.write(name, 0, 100, 'utf8');
  if (octets < 8 ** 11) header.write(octets.toString(8).padStart(11, '0'), 124, 'latin1');
  else {
    header.writeUInt8(0x80, 124);
    header.writeUIntBE(octets, 130, 6);
  }
  header.write(type, 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  header.write(prefix, 345, 'utf8');
  if (sizes.realOctets !== undefined) {
    header.write(sizes.realOctets.toString(8).padStart(11, '0'), 483, 'latin1');
  }
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, octet) => total + octet, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

/** Extended fields in front of a file. */
export function paxEntry(fields: Readonly<Record<string, string>>): TarEntry {
  const content = Object.entries(fields).map(([key, value]) => {
    const rest = Buffer.byteLength(` ${key}=${value}\n`);
    const length = [1, 2, 3, 4, 5].find((digits) => String(rest + digits).length === digits) ?? 1;
    return `${rest + length} ${key}=${value}\n`;
  });
  return { name: 'PaxHeaders/x', type: 'x', content: Buffer.from(content.join('')) };
}

/** MS-CAB: one folder without compression. */
export function buildCab(name: string, content: Buffer): Buffer {
  const file = Buffer.concat([Buffer.alloc(16), Buffer.from(`${name}\0`, 'latin1')]);
  file.writeUInt32LE(content.length, 0);
  file.writeUInt16LE(0x20, 14);
  const data = Buffer.alloc(8);
  data.writeUInt16LE(content.length, 4);
  data.writeUInt16LE(content.length, 6);
  const folder = Buffer.alloc(8);
  folder.writeUInt32LE(36 + 8 + file.length, 0);
  folder.writeUInt16LE(1, 4);
  const header = Buffer.alloc(36);
  header.write('MSCF', 'latin1');
  header.writeUInt32LE(36 + 8 + file.length + 8 + content.length, 8);
  header.writeUInt32LE(36 + 8, 16);
  header.writeUInt16LE(0x0103, 24);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(1, 28);
  return Buffer.concat([header, folder, file, data, content]);
}

/** RAR 5.0 archive format: a stored file, or a header that says that all others are encrypted. */
export function buildRar(name: string, content: Buffer, { isEncrypted = false } = {}): Buffer {
  const encoded = Buffer.from(name, 'utf8');
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(crc32(content));
  const file = Buffer.concat([
    Buffer.from([2, 2]),
    vint(content.length),
    Buffer.from([4]),
    vint(content.length),
    Buffer.from([0]),
    crc,
    Buffer.from([0, 0]),
    vint(encoded.length),
    encoded,
  ]);
  const blocks = isEncrypted
    ? [rarBlock(Buffer.concat([Buffer.from([4, 0, 0, 0, 15]), Buffer.alloc(16)])), content]
    : [rarBlock(Buffer.from([1, 0, 0])), rarBlock(file), content, rarBlock(Buffer.from([5, 0, 0]))];
  return Buffer.concat([Buffer.from('Rar!\x1a\x07\x01\0', 'latin1'), ...blocks]);
}

function rarBlock(fields: Buffer): Buffer {
  const body = Buffer.concat([vint(fields.length), fields]);
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(crc32(body));
  return Buffer.concat([crc, body]);
}

function vint(value: number): Buffer {
  const octets: number[] = [];
  for (let left = value; ; left >>>= 7) {
    if (left < 0x80) return Buffer.from([...octets, left]);
    octets.push((left & 0x7f) | 0x80);
  }
}

/** LHA, level 0, method -lh0-. */
export function buildLha(name: string, content: Buffer): Buffer {
  const encoded = Buffer.from(name, 'latin1');
  const header = Buffer.alloc(22 + encoded.length + 2);
  header.writeUInt8(header.length - 2, 0);
  header.write('-lh0-', 2, 'latin1');
  header.writeUInt32LE(content.length, 7);
  header.writeUInt32LE(content.length, 11);
  header.writeUInt8(0x20, 19);
  header.writeUInt8(encoded.length, 21);
  encoded.copy(header, 22);
  header.writeUInt16LE(crc16(content), 22 + encoded.length);
  header.writeUInt8(
    header.subarray(2).reduce((sum, octet) => (sum + octet) & 255, 0),
    1,
  );
  return Buffer.concat([header, content, Buffer.alloc(1)]);
}

function crc16(octets: Buffer): number {
  let crc = 0;
  for (const octet of octets) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xa001;
  }
  return crc;
}

/** POSIX.1-1988 portable format. */
export function buildCpio(name: string, content: Buffer): Buffer {
  const file = (path: string, octets: Buffer): Buffer => {
    const numbers = ['0'.repeat(6), '0'.repeat(6), '100644', ...Array(4).fill('0'.repeat(6))];
    const header = `070707${numbers.join('')}${'0'.repeat(11)}${octal(path.length + 1, 6)}${octal(octets.length, 11)}`;
    return Buffer.concat([Buffer.from(`${header}${path}\0`, 'latin1'), octets]);
  };
  return Buffer.concat([file(name, content), file('TRAILER!!!', Buffer.alloc(0))]);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
