// Owns telling images of disks, which a system mounts when they are opened. Pure.
import { findSignature, type Kind, signature } from './kind.ts';

function image(type: string, detail: string): Kind {
  return { type, trait: 'disk-image', detail };
}

const signatures = [
  signature({ text: 'vhdxfile' }, image('vhdx', 'a virtual disk')),
  signature({ text: 'conectix' }, image('vhd', 'a virtual disk')),
  signature({ text: 'KDMV' }, image('vmdk', 'a virtual disk')),
  signature({ hex: '51 46 49 fb' }, image('qcow2', 'a virtual disk')),
  signature({ text: 'MSWIM\0\0\0' }, image('wim', 'a Windows image')),
  // ISO 9660 s.8.1.2, in the sectors 16 to 18; raw sectors have 24 octets before their data.
  ...[0x8001, 0x8801, 0x9001].map((at) => signature({ text: 'CD001' }, image('iso', 'a CD'), at)),
  signature({ text: 'CD001' }, image('iso', 'a CD'), 16 * 2352 + 25),
  // ECMA-167 2/9.2: volume structure descriptors of UDF.
  ...[0x8001, 0x8801, 0x9001].map((at) => signature({ text: 'BEA01' }, image('udf', 'a DVD'), at)),
  signature({ text: 'NTFS    ' }, image('img', 'an NTFS volume'), 3),
  signature({ text: 'EXFAT   ' }, image('img', 'an exFAT volume'), 3),
];

/** The first octets that hold all of these places. */
export const diskImageBytes = 40 * 1024;

const bootMark = 0xaa55;
const bootMarkAt = 510;
const fatTypes = [
  { at: 54, text: 'FAT' },
  { at: 82, text: 'FAT32' },
] as const;
const partitionsAt = 446;
const partitionLength = 16;

export function findDiskImage(head: Buffer): Kind | undefined {
  return findSignature(head, signatures) ?? findBootSector(head);
}

/** The first sector of a floppy, of a stick, or of a virtual disk whose own header stands at the end. */
function findBootSector(head: Buffer): Kind | undefined {
  if (head.length < bootMarkAt + 2 || head.readUInt16LE(bootMarkAt) !== bootMark) return undefined;
  const isFat = fatTypes.some(
    ({ at, text }) => head.toString('latin1', at, at + text.length) === text,
  );
  if (isFat) return image('img', 'a FAT volume');
  return hasPartitions(head) ? image('img', 'a disk with partitions') : undefined;
}

/** Each of four partitions is marked as active or not, and at least one has a type and a length. */
function hasPartitions(head: Buffer): boolean {
  let isUsed = false;
  for (let index = 0; index < 4; index += 1) {
    const at = partitionsAt + index * partitionLength;
    const status = head.readUInt8(at);
    if (status !== 0 && status !== 0x80) return false;
    if (head.readUInt8(at + 4) !== 0 && head.readUInt32LE(at + 12) !== 0) isUsed = true;
  }
  return isUsed;
}
