// Owns files in BinHex 4.0 (RFC 1741), with a data fork alone.
import { u8, u16be, u32be } from './octets.ts';

const digits = '!"#$%&\'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr';
const repeatMark = 0x90;

export function binhex(name: string, content: Buffer): string {
  const header = Buffer.concat([
    u8(name.length),
    Buffer.from(`${name}\0TEXTttxt\0\0`, 'latin1'),
    u32be(content.length),
    u32be(0),
  ]);
  const whole = Buffer.concat([header, crc(header), content, crc(content), u16be(0)]);
  const marked = Buffer.from(
    [...whole].flatMap((octet) => (octet === repeatMark ? [octet, 0] : [octet])),
  );
  const padded = Buffer.concat([marked, Buffer.alloc((3 - (marked.length % 3)) % 3)]);
  let text = ':';
  for (let at = 0; at < padded.length; at += 3) {
    const bits = padded.readUIntBE(at, 3);
    text += [18, 12, 6, 0].map((shift) => digits[(bits >>> shift) & 0x3f]).join('');
  }
  const lines = `${text}:`.replaceAll(/.{1,64}/g, '$&\r\n');
  return `(This file must be converted with BinHex 4.0)\r\n\r\n${lines}`;
}

/** CRC-16 with the polynomial 0x1021 from zero, big endian. */
function crc(octets: Buffer): Buffer {
  let value = 0;
  for (const octet of octets) {
    value ^= octet << 8;
    for (let bit = 0; bit < 8; bit++) {
      value = ((value << 1) ^ ((value & 0x8000) === 0 ? 0 : 0x1021)) & 0xffff;
    }
  }
  return u16be(value);
}
