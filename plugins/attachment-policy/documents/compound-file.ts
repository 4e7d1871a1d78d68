// Owns reading compound files (MS-CFB), the file systems in files of old Office documents, mails of
// Outlook and installers. All chains are bounded by the length of the file. It judges nothing.
import { StopError } from '../work.ts';

export interface CompoundEntry {
  readonly name: string;
  readonly kind: 'storage' | 'stream';
  /** Names of the storages that it lies in, the root left out. */
  readonly folder: readonly string[];
  readonly octets: number;
  readonly start: number;
}

const headerBytes = 512;
const directoryEntryBytes = 128;
const difatInHeader = 109;
const largestRegular = 0xffff_fffa;
const noEntry = 0xffff_ffff;
const miniSectorShift = 6;
const miniStreamCutoff = 4096;
const mostEntries = 50_000;
/** A mail in a mail in a mail takes three each. */
const deepestFolder = 64;

export class CompoundFile {
  readonly entries: readonly CompoundEntry[];
  /** Class of the root, as 32 hexadecimal digits in the order of the file. */
  readonly rootClass: string;
  readonly #octets: Buffer;
  readonly #sectorShift: number;
  readonly #fat: readonly Buffer[];
  readonly #miniFat: Buffer;
  readonly #miniStream: Buffer;
  #readableOctets: number;

  /** Throws RangeError when it is none. */
  constructor(octets: Buffer) {
    this.#octets = octets;
    // The start of some streams is read twice.
    this.#readableOctets = 2 * octets.length;
    this.#sectorShift = octets.readUInt16LE(30);
    if (this.#sectorShift !== 9 && this.#sectorShift !== 12) throw new RangeError('sector size');
    this.#fat = this.#readFat();
    const directory = this.#chain(octets.readUInt32LE(48), octets.length);
    this.#miniFat = this.#chain(octets.readUInt32LE(60), octets.length);
    this.rootClass = directory.toString('hex', 80, 96);
    this.#miniStream = this.#chain(directory.readUInt32LE(116), octets.length);
    this.entries = readDirectory(directory);
  }

  /**
   * At most `maxBytes` of it; less of a stream that is damaged. Throws StopError when all that has been
   * read is far more than there is: streams that share their octets are much work and no honest program's.
   */
  read({ start, octets }: CompoundEntry, maxBytes: number): Buffer {
    const wanted = Math.min(octets, maxBytes);
    const isMini = octets < miniStreamCutoff;
    const found = isMini ? this.#miniChain(start, wanted) : this.#chain(start, wanted);
    this.#readableOctets -= found.length;
    if (this.#readableOctets < 0) throw new StopError('archive-bomb', 'its streams overlap');
    return found.subarray(0, wanted);
  }

  #sector(index: number): Buffer {
    const at = (index + 1) * 2 ** this.#sectorShift;
    return this.#octets.subarray(at, at + 2 ** this.#sectorShift);
  }

  /** The sectors of the table that links sectors, in order. */
  #readFat(): Buffer[] {
    const perSector = 2 ** this.#sectorShift / 4 - 1;
    const mostSectors = Math.ceil(this.#octets.length / 2 ** this.#sectorShift);
    const sectors: Buffer[] = [];
    const add = (list: Buffer, count: number): void => {
      for (let index = 0; index < count && index * 4 + 4 <= list.length; index += 1) {
        const sector = list.readUInt32LE(index * 4);
        if (sector <= largestRegular && sectors.length < mostSectors) {
          sectors.push(this.#sector(sector));
        }
      }
    };
    add(this.#octets.subarray(headerBytes - difatInHeader * 4, headerBytes), difatInHeader);
    let next = this.#octets.readUInt32LE(68);
    for (let count = 0; next <= largestRegular && count < mostSectors; count += 1) {
      const list = this.#sector(next);
      if (list.length < (perSector + 1) * 4) break;
      add(list, perSector);
      next = list.readUInt32LE(perSector * 4);
    }
    return sectors;
  }

  #chain(start: number, maxBytes: number): Buffer {
    const sectors: Buffer[] = [];
    const perSector = 2 ** this.#sectorShift / 4;
    let octets = 0;
    // A chain that goes round in a circle ends with the length of the file.
    const most = Math.min(maxBytes, this.#octets.length);
    for (let sector = start; sector <= largestRegular && octets < most; ) {
      const content = this.#sector(sector);
      if (content.length === 0) break;
      sectors.push(content);
      octets += content.length;
      const table = this.#fat[Math.floor(sector / perSector)];
      const at = (sector % perSector) * 4;
      if (table === undefined || at + 4 > table.length) break;
      sector = table.readUInt32LE(at);
    }
    return Buffer.concat(sectors);
  }

  #miniChain(start: number, maxBytes: number): Buffer {
    const sectors: Buffer[] = [];
    let octets = 0;
    for (let sector = start; sector <= largestRegular && octets < maxBytes; ) {
      const at = sector * 2 ** miniSectorShift;
      const content = this.#miniStream.subarray(at, at + 2 ** miniSectorShift);
      if (content.length === 0) break;
      sectors.push(content);
      octets += content.length;
      if (sector * 4 + 4 > this.#miniFat.length) break;
      sector = this.#miniFat.readUInt32LE(sector * 4);
    }
    return Buffer.concat(sectors);
  }
}

/**
 * Walks the trees of siblings (MS-CFB s.2.6.4); each entry is visited once, whoever points to it.
 * Throws RangeError for folders in folders without end.
 */
function readDirectory(directory: Buffer): CompoundEntry[] {
  const entries: CompoundEntry[] = [];
  const visited = new Set<number>();
  const waiting: { readonly index: number; readonly folder: readonly string[] }[] = [];
  const add = (index: number, folder: readonly string[]): void => {
    if (index === noEntry || visited.has(index) || visited.size >= mostEntries) return;
    visited.add(index);
    waiting.push({ index, folder });
  };
  add(directory.readUInt32LE(76), []);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { index, folder } = next;
    const entry = directory.subarray(
      index * directoryEntryBytes,
      (index + 1) * directoryEntryBytes,
    );
    if (entry.length < directoryEntryBytes) continue;
    const nameBytes = Math.min(64, Math.max(0, entry.readUInt16LE(64) - 2));
    const name = entry.toString('utf16le', 0, nameBytes);
    const type = entry.readUInt8(66);
    add(entry.readUInt32LE(68), folder);
    add(entry.readUInt32LE(72), folder);
    if (type === 1) {
      entries.push({ name, kind: 'storage', folder, octets: 0, start: noEntry });
      if (folder.length === deepestFolder) throw new RangeError('folders lie too deep');
      add(entry.readUInt32LE(76), [...folder, name]);
    } else if (type === 2) {
      const [octets, start] = [entry.readUInt32LE(120), entry.readUInt32LE(116)];
      entries.push({ name, kind: 'stream', folder, octets, start });
    }
  }
  return entries;
}
