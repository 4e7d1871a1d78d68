// Owns writing of an image of a disk (ECMA-119, ISO 9660) with one file. It reads none.
import { field, filled, u8, u16, u16be, u32, u32be } from './octets.ts';

const sector = 2048;
const [descriptorAt, pathTableAt, rootAt, fileAt] = [16, 18, 20, 21];
// As writers leave it at the end, for drives that read ahead.
const paddingSectors = 16;

export function iso9660(content: Buffer): Buffer {
  const fileSectors = Math.ceil(content.length / sector);
  return Buffer.concat([
    Buffer.alloc(descriptorAt * sector),
    filled(descriptor(fileAt + fileSectors + paddingSectors), sector),
    filled(Buffer.from('\xffCD001\x01', 'latin1'), sector),
    filled(pathTable('little'), sector),
    filled(pathTable('big'), sector),
    filled(
      Buffer.concat([
        record(Buffer.from([0]), rootAt, sector, 2),
        record(Buffer.from([1]), rootAt, sector, 2),
        record(Buffer.from('REPORT.TXT;1'), fileAt, content.length, 0),
      ]),
      sector,
    ),
    filled(content, sector),
    Buffer.alloc(paddingSectors * sector),
  ]);
}

/** s.8.4: the primary volume descriptor. */
function descriptor(sectors: number): Buffer {
  const pathTableOctets = pathTable('little').length;
  return Buffer.concat([
    Buffer.from('\x01CD001\x01\0', 'latin1'),
    field('', 32, ' '),
    field('REPORT', 32, ' '),
    Buffer.alloc(8),
    both32(sectors),
    Buffer.alloc(32),
    both16(1),
    both16(1),
    both16(sector),
    both32(pathTableOctets),
    u32(pathTableAt),
    u32(0),
    u32be(pathTableAt + 1),
    u32be(0),
    record(Buffer.from([0]), rootAt, sector, 2),
    field('', 4 * 128 + 3 * 37, ' '),
    field('', 4 * 17, '0'),
    u8(1),
  ]);
}

/** s.9.1 */
function record(name: Buffer, at: number, octets: number, flags: number): Buffer {
  const isEven = name.length % 2 === 0;
  return Buffer.concat([
    u8(33 + name.length + (isEven ? 1 : 0), 0),
    both32(at),
    both32(octets),
    u8(126, 11, 2, 10, 0, 0, 0, flags, 0, 0),
    both16(1),
    u8(name.length),
    name,
    Buffer.alloc(isEven ? 1 : 0),
  ]);
}

/** s.9.4: of the root alone. */
function pathTable(order: 'little' | 'big'): Buffer {
  const [number32, number16] = order === 'little' ? [u32, u16] : [u32be, u16be];
  return Buffer.concat([u8(1, 0), number32(rootAt), number16(1), u8(0, 0)]);
}

function both16(value: number): Buffer {
  return Buffer.concat([u16(value), u16be(value)]);
}

function both32(value: number): Buffer {
  return Buffer.concat([u32(value), u32be(value)]);
}
