// Owns the header of one part while its octets come. It does not read the fields.
import { HeaderBlock, HeaderEndFinder } from './header-block.ts';

/** Whether octets that were pushed stay in memory anyway, so that none of them need be copied. */
export type Chunks = 'passing' | 'kept';

export interface OpenHeader {
  readonly delimiterStart: number | undefined;
  /** Known with its first octet. */
  start: number | undefined;
  readonly pieces: Buffer[];
  readonly finder: HeaderEndFinder;
  size: number;
}

export function openHeader(delimiterStart: number | undefined): OpenHeader {
  return { delimiterStart, start: undefined, pieces: [], finder: new HeaderEndFinder(), size: 0 };
}

/** A copy, unless it lies in one piece that is kept: a few octets must not hold a whole chunk. */
export function headerBlockOf({ pieces }: OpenHeader, chunks: Chunks): HeaderBlock {
  const [first, second] = pieces;
  const isOnePiece = first !== undefined && second === undefined;
  return new HeaderBlock(chunks === 'kept' && isOnePiece ? first : Buffer.concat(pieces));
}
