// Owns reading how far the trail has come in a file. It verifies nothing: that is `postern audit verify`.
import type { FileHandle } from 'node:fs/promises';
import { type ChainHead, linesOf, readLink } from '#plugin-api';
import type { FoundTail } from './chain-position.ts';

// A line holds texts of bounded length, and the names of messages that were deleted.
const longestLineOctets = 16 * 1024 * 1024;
const pieceOctets = 64 * 1024;

/**
 * Reads on from the line that the checkpoint knows; all of the file when there is none, or when that
 * line is not in its place.
 */
export async function findTail(
  handle: FileHandle,
  head: ChainHead | undefined,
): Promise<FoundTail> {
  if (head !== undefined) {
    const tail = await readTail(handle, head.lastAt);
    if (tail.firstHash === head.last.hash) return tail;
  }
  return readTail(handle, 0);
}

interface Tail extends FoundTail {
  readonly firstHash: string | undefined;
}

/** From there to the end. */
export async function readTail(handle: FileHandle, start: number): Promise<Tail> {
  let at = start;
  let firstHash: string | undefined;
  let last: FoundTail['last'];
  let lastAt = 0;
  let strangeOctets = 0;
  let lacksLineEnd = false;
  for await (const line of linesOf(octetsFrom(handle, start), longestLineOctets)) {
    const link = readLink(line.octets);
    if (at === start) firstHash = link?.hash;
    if (link === undefined) {
      strangeOctets += line.length;
    } else {
      last = { seq: link.seq, hash: link.hash };
      lastAt = at;
      strangeOctets = 0;
      lacksLineEnd = !line.hasLineEnd;
    }
    at += line.length;
  }
  return { last, lastAt, strangeOctets, lacksLineEnd, firstHash };
}

async function* octetsFrom(handle: FileHandle, start: number): AsyncGenerator<Buffer, void, void> {
  let position = start;
  for (;;) {
    const piece = Buffer.allocUnsafe(pieceOctets);
    const { bytesRead } = await handle.read(piece, 0, pieceOctets, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}
