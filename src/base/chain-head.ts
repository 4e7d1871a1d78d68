// Owns the checkpoint that is kept beside a chain of lines: how far the chain has come, and where the
// part of it begins that is still kept. Without it, lines that are missing at the end would not be
// missed. Pure.
import { type ChainKey, type ChainPoint, isSealed, seal } from './hash-chain.ts';

export interface ChainHead {
  /** The last line that was written. */
  readonly last: ChainPoint;
  /** The line before the oldest one that is kept; older ones have been removed on purpose. */
  readonly start: ChainPoint;
  /** Where in the current file the last line begins; 0 when it is in an older one. */
  readonly lastAt: number;
  /** How many files have been put aside so far. */
  readonly rotations: number;
  /** When the current file began, milliseconds since 1970. */
  readonly sinceMs: number;
}

export type HeadReading =
  | { readonly kind: 'ok'; readonly head: ChainHead }
  /** Whole, but its hash does not fit: another key, or somebody has changed it. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'unreadable' };

/** Where the checkpoint of a file is. */
export function headPathOf(file: string): string {
  return `${file}.head`;
}

/** One line, sealed as the lines of the chain are. */
export function writeHead(head: ChainHead, key: ChainKey | undefined): string {
  const { last, start, lastAt, rotations, sinceMs } = head;
  const object = JSON.stringify({
    last: { seq: last.seq, hash: last.hash },
    start: { seq: start.seq, hash: start.hash },
    lastAt,
    rotations,
    since: new Date(sinceMs).toISOString(),
  });
  return `${seal(object, key).text}\n`;
}

export function readHead(content: Buffer, key: ChainKey | undefined): HeadReading {
  const octets = content.at(-1) === 0x0a ? content.subarray(0, -1) : content;
  const head = parseHead(octets.toString());
  if (head === undefined) return { kind: 'unreadable' };
  return isSealed(octets, key) ? { kind: 'ok', head } : { kind: 'foreign' };
}

const headPattern =
  /^\{"last":\{"seq":(\d{1,15}),"hash":"([0-9a-f]{64})"\},"start":\{"seq":(\d{1,15}),"hash":"([0-9a-f]{64})"\},"lastAt":(\d{1,15}),"rotations":(\d{1,9}),"since":"([0-9TZ:.+-]{20,30})","hash":"[0-9a-f]{64}"\}$/;

function parseHead(text: string): ChainHead | undefined {
  const match = headPattern.exec(text);
  if (match === null) return undefined;
  const [, lastSeq, lastHash = '', startSeq, startHash = '', lastAt, rotations, since = ''] = match;
  const sinceMs = Date.parse(since);
  if (Number.isNaN(sinceMs)) return undefined;
  return {
    last: { seq: Number(lastSeq), hash: lastHash },
    start: { seq: Number(startSeq), hash: startHash },
    lastAt: Number(lastAt),
    rotations: Number(rotations),
    sinceMs,
  };
}
