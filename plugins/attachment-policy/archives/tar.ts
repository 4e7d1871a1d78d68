// Owns the look into tar archives, from front to back: nothing is held but long names.
import { InnerFile } from '../examined-file.ts';
import type { Opener } from '../opener.ts';
import { StopError } from '../work.ts';
import { OctetReader } from './octet-reader.ts';
import {
  hasMoreSparse,
  parsePax,
  parseTarHeader,
  type TarExtension,
  tarBlock,
  textOf,
} from './tar-header.ts';

// More than any system allows; a name that takes more is there to be held in memory.
const maxNameBytes = 64 * 1024;
// POSIX files, also of old programs, contiguous ones, and GNU's sparse ones and volume pieces.
const fileTypes: ReadonlySet<string> = new Set(['0', '\0', '7', 'S', 'M']);

export const openTar: Opener = async function* (file, { work }) {
  const reader = new OctetReader(file.content());
  /** What a header is told by those before it. */
  let ahead: TarExtension = {};
  /** From a global header: for all files behind it that have no name of their own. */
  let lasting: string | undefined;
  let claimedOctets = 0;
  for (;;) {
    const block = await reader.take(tarBlock);
    if (block.length === 0) return;
    // Two empty blocks end an archive. Some programs read on, and so does this one.
    if (block.every((octet) => octet === 0)) {
      await work.breathe();
      continue;
    }
    const header = parseTarHeader(block);
    if (header === undefined) throw new StopError('unreadable-archive', 'it is damaged');
    work.startEntry();
    await work.breathe();

    const octets = ahead.octets ?? header.octets;
    claimedOctets += ahead.realOctets ?? Math.max(octets, header.realOctets);
    let end = reader.position + Math.ceil(octets / tarBlock) * tarBlock;
    if (header.type === 'L' || header.type === 'x') {
      const fields = await reader.take(Math.min(octets, maxNameBytes));
      ahead = { ...ahead, ...(header.type === 'L' ? { path: textOf(fields) } : parsePax(fields)) };
    } else if (header.type === 'g') {
      lasting = parsePax(await reader.take(Math.min(octets, maxNameBytes))).path ?? lasting;
    } else if (fileTypes.has(header.type)) {
      if (header.type === 'S') end += await skipSparseMap(reader, block);
      const told = [ahead.path, lasting].filter((name) => name !== undefined);
      const names = [...new Set([...told, header.name])];
      yield new InnerFile({ names, claimedOctets: octets }, reader.pieces(octets), work);
      ahead = {};
    } else if (header.type !== 'K') {
      ahead = {};
    }
    const isWhole = await reader.skipTo(end);
    work.checkRatio(claimedOctets, reader.position);
    if (!isWhole) throw new StopError('unreadable-archive', 'it ends too early');
  }
};

/** Blocks that continue the header of a sparse file, which no size counts. */
async function skipSparseMap(reader: OctetReader, header: Buffer): Promise<number> {
  const start = reader.position;
  let block = header;
  let kind: 'header' | 'map' = 'header';
  while (hasMoreSparse(block, kind)) {
    block = await reader.take(tarBlock);
    kind = 'map';
  }
  return reader.position - start;
}
