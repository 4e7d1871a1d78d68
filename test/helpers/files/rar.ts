// Owns writing of RAR archives with one stored file, in the format of version 4 and of version 5
// (technote.txt of RAR). It reads none.
import { crc32 } from 'node:zlib';
import { u8, u16, u32 } from './octets.ts';

const name = Buffer.from('report.txt');
const isEncryptedFlag = 0x04;
const hasSaltFlag = 0x0400;
const hasDataFlag = 0x8000;

export function rar4(content: Buffer, encryption: 'none' | 'encrypted' = 'none'): Buffer {
  const isPlain = encryption === 'none';
  // Nobody opens it here, so that any octets will do for the encrypted ones.
  const data = isPlain ? content : Buffer.alloc(Math.ceil(content.length / 16) * 16, 0xa5);
  const fileFields = Buffer.concat([
    u32(data.length),
    u32(content.length),
    u8(3),
    u32(crc32(content)),
    u32(0),
    u8(29, 0x30),
    u16(name.length),
    u32(0o100644),
    name,
    isPlain ? Buffer.alloc(0) : Buffer.alloc(8, 3),
  ]);
  return Buffer.concat([
    Buffer.from('Rar!\x1a\x07\x00', 'latin1'),
    block4(0x73, 0, Buffer.alloc(6)),
    block4(0x74, hasDataFlag | (isPlain ? 0 : isEncryptedFlag | hasSaltFlag), fileFields),
    data,
    block4(0x7b, 0x4000, Buffer.alloc(0)),
  ]);
}

function block4(type: number, flags: number, fields: Buffer): Buffer {
  const rest = Buffer.concat([u8(type), u16(flags), u16(fields.length + 7), fields]);
  return Buffer.concat([u16(crc32(rest) & 0xffff), rest]);
}

export function rar5(content: Buffer): Buffer {
  const [main, file, end] = [1, 2, 5];
  const hasData = 2;
  const hasCrc = 4;
  const unix = 1;
  return Buffer.concat([
    Buffer.from('Rar!\x1a\x07\x01\x00', 'latin1'),
    block5(u8(main, 0, 0)),
    block5(
      Buffer.concat([
        u8(file, hasData),
        vint(content.length),
        u8(hasCrc),
        vint(content.length),
        vint(0o100644),
        u32(crc32(content)),
        u8(0, unix, name.length),
        name,
      ]),
    ),
    content,
    block5(u8(end, 0, 0)),
  ]);
}

function block5(fields: Buffer): Buffer {
  const header = Buffer.concat([vint(fields.length), fields]);
  return Buffer.concat([u32(crc32(header)), header]);
}

function vint(value: number): Buffer {
  const octets: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) octets.push((rest & 0x7f) | 0x80);
  return u8(...octets, rest);
}
