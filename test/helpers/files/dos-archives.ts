// Owns archives of DOS and Windows with one file: cabinet, ARJ, LHA. It reads none.
import { crc32, deflateRawSync } from 'node:zlib';
import { u8, u16, u32 } from './octets.ts';

const reportName = 'report.txt';
const dosDate = 0x0021;

/** [MS-CAB]; MSZIP is deflate behind two letters. */
export function cabinet(
  content: Buffer,
  method: 'stored' | 'mszip' = 'stored',
  name = reportName,
): Buffer {
  const data =
    method === 'stored' ? content : Buffer.concat([Buffer.from('CK'), deflateRawSync(content)]);
  const file = Buffer.concat([
    u32(content.length),
    u32(0),
    u16(0),
    u16(dosDate),
    u16(0),
    u16(0x20),
    Buffer.from(`${name}\0`),
  ]);
  const [headerOctets, folderOctets] = [36, 8];
  const filesAt = headerOctets + folderOctets;
  const dataAt = filesAt + file.length;
  const block = Buffer.concat([u32(0), u16(data.length), u16(content.length), data]);
  return Buffer.concat([
    Buffer.from('MSCF\0\0\0\0'),
    u32(dataAt + block.length),
    u32(0),
    u32(filesAt),
    u32(0),
    u8(3, 1),
    u16(1),
    u16(1),
    u16(0),
    u16(0x1234),
    u16(0),
    u32(dataAt),
    u16(1),
    u16(method === 'stored' ? 0 : 1),
    file,
    block,
  ]);
}

/** TECHNOTE.TXT of ARJ: a header for the archive, one for the file, and an empty one. */
export function arj(content: Buffer): Buffer {
  const sizes = Buffer.concat([u32(content.length), u32(content.length), u32(crc32(content))]);
  return Buffer.concat([
    arjHeader(2, Buffer.alloc(12), 'report.arj'),
    arjHeader(0, sizes, reportName),
    content,
    u8(0x60, 0xea, 0, 0),
  ]);
}

function arjHeader(fileType: number, sizes: Buffer, fileName: string): Buffer {
  const firstOctets = 30;
  const fields = Buffer.concat([
    u8(firstOctets, 11, 1, 0, 0, 0, fileType, 0),
    u16(0),
    u16(dosDate),
    sizes,
    Buffer.alloc(6),
    Buffer.from(`${fileName}\0\0`),
  ]);
  return Buffer.concat([u8(0x60, 0xea), u16(fields.length), fields, u32(crc32(fields)), u16(0)]);
}

/** A header of level 0 and the method that stores. */
export function lha(content: Buffer): Buffer {
  const fields = Buffer.concat([
    Buffer.from('-lh0-'),
    u32(content.length),
    u32(content.length),
    u16(0),
    u16(dosDate),
    u8(0x20, 0, reportName.length),
    Buffer.from(reportName),
    u16(crc16(content)),
  ]);
  const sum = fields.reduce((total, octet) => total + octet, 0) & 0xff;
  return Buffer.concat([u8(fields.length, sum), fields, content, u8(0)]);
}

/** CRC-16 with the polynomial 0x8005, as LHA has it. */
function crc16(content: Buffer): number {
  let crc = 0;
  for (const octet of content) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) * 0xa001);
  }
  return crc;
}
