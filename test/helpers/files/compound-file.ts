// Owns writing of compound files ([MS-CFB], "OLE2") with streams in storages, and of what documents
// keep in them. It reads none.
import { filled, u8, u16, u32 } from './octets.ts';

/** By name; a storage holds others. */
export interface Storage {
  readonly [name: string]: Buffer | Storage;
}

interface Entry {
  readonly name: string;
  readonly kind: 'root' | 'storage' | 'stream';
  readonly content: Buffer;
  /** Indices of what lies in it. */
  readonly children: number[];
}

const sector = 512;
const endOfChain = 0xffff_fffe;
const fatSector = 0xffff_fffd;
const free = 0xffff_ffff;
const none = 0xffff_ffff;
// s.2.2: smaller streams would have to lie in the mini stream.
const leastStream = 4096;

export function compoundFile(storage: Storage): Buffer {
  const entries: Entry[] = [];
  collect(entries, 'Root Entry', 'root', storage);
  const streams = entries.map(({ content }) => filled(content, sector));
  const directoryOctets = Math.ceil((entries.length * 128) / sector) * sector;
  const dataSectors = streams.reduce((sum, stream) => sum + stream.length / sector, 0);
  const others = dataSectors + directoryOctets / sector;
  let fatSectors = 1;
  while ((fatSectors * sector) / 4 < others + fatSectors) fatSectors++;

  const fat: number[] = Array.from({ length: fatSectors }, () => fatSector);
  const chain = (octets: number): number => {
    if (octets === 0) return endOfChain;
    const first = fat.length;
    const count = octets / sector;
    for (let index = 1; index < count; index++) fat.push(first + index);
    fat.push(endOfChain);
    return first;
  };
  const directoryAt = chain(directoryOctets);
  const starts = streams.map((stream) => chain(stream.length));
  while (fat.length < (fatSectors * sector) / 4) fat.push(free);

  const directory = Buffer.concat(
    entries.map((entry, index) => directoryEntry(entry, index, entries, starts[index] ?? 0)),
  );
  return Buffer.concat([
    header(fatSectors, directoryAt),
    ...fat.map(u32),
    filled(directory, sector),
    ...streams,
  ]);
}

function collect(entries: Entry[], name: string, kind: Entry['kind'], storage: Storage): void {
  const own: Entry = { name, kind, content: Buffer.alloc(0), children: [] };
  entries.push(own);
  for (const [childName, child] of Object.entries(storage)) {
    own.children.push(entries.length);
    if (Buffer.isBuffer(child)) {
      const content = Buffer.concat([child, Buffer.alloc(Math.max(0, leastStream - child.length))]);
      entries.push({ name: childName, kind: 'stream', content, children: [] });
    } else {
      collect(entries, childName, 'storage', child);
    }
  }
}

/** s.2.2 */
function header(fatSectors: number, directoryAt: number): Buffer {
  const difat = Array.from({ length: 109 }, (_, index) => (index < fatSectors ? index : free));
  return Buffer.concat([
    u8(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1),
    Buffer.alloc(16),
    u16(0x3e),
    u16(3),
    u16(0xfffe),
    u16(9),
    u16(6),
    Buffer.alloc(10),
    u32(fatSectors),
    u32(directoryAt),
    u32(0),
    u32(leastStream),
    u32(endOfChain),
    u32(0),
    u32(endOfChain),
    u32(0),
    ...difat.map(u32),
  ]);
}

/** s.2.6.1; siblings hang to the right of one another. */
function directoryEntry(
  { name, kind, content, children }: Entry,
  index: number,
  entries: readonly Entry[],
  start: number,
): Buffer {
  const siblings = entries.find((entry) => entry.children.includes(index))?.children ?? [];
  const right = siblings[siblings.indexOf(index) + 1];
  const type = { root: 5, storage: 1, stream: 2 }[kind];
  const nameOctets = Buffer.from(`${name}\0`, 'utf16le');
  return Buffer.concat([
    nameOctets,
    Buffer.alloc(64 - nameOctets.length),
    u16(nameOctets.length),
    u8(type, 1),
    u32(none),
    u32(right ?? none),
    u32(children[0] ?? none),
    Buffer.alloc(36),
    u32(start),
    u32(content.length),
    u32(0),
  ]);
}

/** What "insert object from file" makes of a file: the stream `\x01Ole10Native`. */
export function nativeObject(content: Buffer, name = 'report.txt'): Buffer {
  const path = Buffer.from(`C:\\${name}\0`, 'latin1');
  const object = Buffer.concat([
    u16(2),
    Buffer.from(`${name}\0`, 'latin1'),
    path,
    u32(0x0003_0000),
    u32(path.length),
    path,
    u32(content.length),
    content,
  ]);
  return Buffer.concat([u32(object.length), object]);
}
