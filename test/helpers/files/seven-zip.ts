// Owns writing of 7z archives with one file, after 7zFormat.txt of the LZMA SDK. It reads none.
import { createCipheriv } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { packByPython } from './compressed.ts';
import { filled, u8, u32, u64 } from './octets.ts';

interface Packed {
  readonly octets: Buffer;
  /** A coder: flags, identifier, properties. */
  readonly coder: Buffer;
}

// As in python-pack.py: the octet for lc, lp, pb; a dictionary of 64 KB.
const lzmaProperties = Buffer.concat([u8(0x5d), u32(1 << 16)]);
const lzma2Dictionary = 8;

export function sevenZipCopied(content: Buffer): Buffer {
  return sevenZip(content, { octets: content, coder: u8(0x01, 0x00) });
}

export function sevenZipLzma(content: Buffer): Buffer {
  const coder = Buffer.concat([u8(0x23, 3, 1, 1, lzmaProperties.length), lzmaProperties]);
  return sevenZip(content, { octets: packByPython(content, 'lzma1-raw'), coder });
}

export function sevenZipLzma2(content: Buffer): Buffer {
  const coder = u8(0x21, 0x21, 1, lzma2Dictionary);
  return sevenZip(content, { octets: packByPython(content, 'lzma2-raw'), coder });
}

/** AES-256 in CBC; with 0x3f as the power of cycles the password itself is the key. */
export function sevenZipEncrypted(content: Buffer): Buffer {
  const key = filled(Buffer.from('secret', 'utf16le'), 32);
  const iv = Buffer.alloc(16, 5);
  const cipher = createCipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
  const octets = cipher.update(filled(content, 16));
  const properties = Buffer.concat([u8(0x3f | 0x40, 0x0f), iv]);
  const coder = Buffer.concat([u8(0x24, 6, 0xf1, 7, 1, properties.length), properties]);
  return sevenZip(content, { octets, coder });
}

function sevenZip(content: Buffer, { octets, coder }: Packed): Buffer {
  const name = Buffer.from('report.txt\0', 'utf16le');
  const [end, header, streams, files, packInfo, unpackInfo, subStreams] = [0, 1, 4, 5, 6, 7, 8];
  const [size, crc, folder, unpackSize, names] = [9, 0x0a, 0x0b, 0x0c, 0x11];
  const next = Buffer.concat([
    u8(header, streams),
    u8(packInfo, 0, 1, size),
    number(octets.length),
    u8(end, unpackInfo, folder, 1, 0, 1),
    coder,
    u8(unpackSize),
    number(content.length),
    u8(end, subStreams, crc, 1),
    u32(crc32(content)),
    u8(end, end, files, 1, names),
    number(name.length + 1),
    u8(0),
    name,
    u8(end, end),
  ]);
  const start = Buffer.concat([u64(octets.length), u64(next.length), u32(crc32(next))]);
  return Buffer.concat([
    Buffer.from('7z\xbc\xaf\x27\x1c\x00\x04', 'latin1'),
    u32(crc32(start)),
    start,
    octets,
    next,
  ]);
}

/** Numbers below 2^14 are all that is needed. */
function number(value: number): Buffer {
  return value < 0x80 ? u8(value) : u8(0x80 | (value >> 8), value & 0xff);
}
