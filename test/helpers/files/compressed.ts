// Owns single compressed files: of Node, of Python where Node has no such compression, and by hand.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { constants, crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { u8, u16, u32 } from './octets.ts';

const script = fileURLToPath(new URL('python-pack.py', import.meta.url));
const python = '/usr/bin/python3';

/** Why the formats of Python cannot be written here; undefined when they can. */
export function pythonMissing(): string | undefined {
  return existsSync(python) ? undefined : `${python} is not installed`;
}

export type PythonFormat = 'bzip2' | 'xz' | 'lzma' | 'lzma1-raw' | 'lzma2-raw';

export function packByPython(content: Buffer, format: PythonFormat): Buffer {
  const { status, stdout, stderr } = spawnSync(python, [script, format], { input: content });
  if (status !== 0) throw new Error(`${format}: ${stderr?.toString()}`);
  return stdout;
}

export const gzip = (content: Buffer): Buffer => gzipSync(content);

/** RFC 1952 s.2.3: a name, a comment, an extra field and a check of all that. */
export function gzipWithFields(content: Buffer): Buffer {
  const [checked, extra, named, commented] = [2, 4, 8, 16];
  const header = Buffer.concat([
    u8(0x1f, 0x8b, 8, checked | extra | named | commented),
    u32(0),
    u8(0, 255),
    u16(8),
    Buffer.from('XX\x04\x00data', 'latin1'),
    Buffer.from('report.txt\0a comment\0', 'latin1'),
  ]);
  return Buffer.concat([
    header,
    u16(crc32(header) & 0xffff),
    deflateRawSync(content),
    u32(crc32(content)),
    u32(content.length),
  ]);
}

/** RFC 1952 s.2.2: the content begins in one member and ends in the next. */
export function gzipInMembers(content: Buffer): Buffer {
  const middle = content.length >> 1;
  return Buffer.concat([gzipSync(content.subarray(0, middle)), gzipSync(content.subarray(middle))]);
}

export function zstd(content: Buffer): Buffer {
  return zstdCompressSync(content, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
}

/** compress(1): codes of 9 bits, all of them literal. Only for content of less than 250 octets. */
export function compressZ(content: Buffer): Buffer {
  const octets = Buffer.alloc(Math.ceil((content.length * 9) / 8));
  for (const [index, octet] of content.entries()) {
    const bit = index * 9;
    const at = bit >> 3;
    const shifted = octet << (bit & 7);
    octets[at] = (octets[at] ?? 0) | (shifted & 0xff);
    octets[at + 1] = shifted >> 8;
  }
  return Buffer.concat([u8(0x1f, 0x9d, 0x90), octets]);
}
