// Owns lines of JSON that vouch for all lines before them: each carries its number, the hash of the
// line before, and its own hash. Pure; files are the business of others.
import { createHash, createHmac, hash as digestOf } from 'node:crypto';

/** A place in a chain: the number of a line and its hash. */
export interface ChainPoint {
  readonly seq: number;
  /** 64 hexadecimal digits. */
  readonly hash: string;
}

/** Before the first line. */
export const chainStart: ChainPoint = Object.freeze({ seq: 0, hash: '0'.repeat(64) });

/** With a key, hashes are HMACs: whoever can write a file but not read the key cannot make them. */
export type ChainKey = Buffer;

const leastKeyOctets = 16;

/** The content of a key file without a newline at its end; undefined when it is too short to be secret. */
export function toChainKey(content: Buffer): ChainKey | undefined {
  let end = content.length;
  if (content[end - 1] === 0x0a) end -= 1;
  if (content[end - 1] === 0x0d) end -= 1;
  return end < leastKeyOctets ? undefined : content.subarray(0, end);
}

/** What a line says about the place it stands in. */
export interface LinkNotes {
  /** Octets before it that are no line: a write was cut short. */
  readonly torn?: number;
  /** The same, of a file that had content before the chain began. */
  readonly unchained?: number;
  /** It is the first line of a file and goes on from the end of this one. */
  readonly after?: string;
  /** The checkpoint was not there when the file was opened. */
  readonly head?: 'missing';
}

/** A line of a chain, read but not verified. */
export interface Link extends ChainPoint {
  /** Hash of the line before. */
  readonly prev: string;
  readonly notes: LinkNotes;
}

// The hash comes last, so that the canonical form of a line is the line itself without it.
const sealLength = ',"hash":""}'.length + 64;
const sealPattern = /^,"hash":"([0-9a-f]{64})"\}$/;

/** A JSON object of one member or more, with its hash as last member. */
export function seal(
  object: string,
  key: ChainKey | undefined,
): { readonly text: string; readonly hash: string } {
  const hash =
    key === undefined
      ? digestOf('sha256', object)
      : createHmac('sha256', key).update(object).digest('hex');
  return { text: `${object.slice(0, -1)},"hash":"${hash}"}`, hash };
}

/** The hash that an object claims; undefined when it has none in its place. */
export function claimedHash(octets: Buffer): string | undefined {
  const cut = octets.length - sealLength;
  return cut < 1 ? undefined : sealPattern.exec(octets.toString('latin1', cut))?.[1];
}

/** Whether the hash of an object fits its other octets. */
export function isSealed(octets: Buffer, key: ChainKey | undefined): boolean {
  const claimed = claimedHash(octets);
  if (claimed === undefined) return false;
  const hash = key === undefined ? createHash('sha256') : createHmac('sha256', key);
  hash.update(octets.subarray(0, octets.length - sealLength)).update('}');
  return hash.digest('hex') === claimed;
}

export interface SealedLine {
  /** With its line end. */
  readonly octets: Buffer;
  readonly point: ChainPoint;
}

/**
 * The line that follows `previous`. `fields` is the text of a JSON object on one line, of one member
 * or more, none of them with a name that the chain uses.
 */
export function sealLine(
  previous: ChainPoint,
  notes: LinkNotes,
  fields: string,
  key: ChainKey | undefined,
): SealedLine {
  const seq = previous.seq + 1;
  const object = `{"seq":${seq},"prev":"${previous.hash}"${membersOf(notes)},${fields.slice(1)}`;
  const { text, hash } = seal(object, key);
  return { octets: Buffer.from(`${text}\n`), point: { seq, hash } };
}

/** Nearly every line has none. */
function membersOf({ torn, unchained, after, head }: LinkNotes): string {
  const all = [torn, unchained, after, head];
  if (all.every((note) => note === undefined)) return '';
  return `,${JSON.stringify({ torn, unchained, after, head }).slice(1, -1)}`;
}

const placePattern =
  /^\{"seq":(\d{1,15}),"prev":"([0-9a-f]{64})"(?:,"torn":(\d{1,15}))?(?:,"unchained":(\d{1,15}))?(?:,"after":("(?:[^"\\]|\\.)*"))?(,"head":"missing")?,"/;
const longestPlace = 2048;

/** Undefined when the octets do not have the form of a line of a chain. */
export function readLink(octets: Buffer): Link | undefined {
  const hash = claimedHash(octets);
  if (hash === undefined) return undefined;
  const match = placePattern.exec(octets.toString('latin1', 0, longestPlace));
  if (match === null) return undefined;
  const [, seq = '', prev = '', torn, unchained, after, head] = match;
  return {
    seq: Number(seq),
    prev,
    hash,
    notes: {
      ...(torn === undefined ? {} : { torn: Number(torn) }),
      ...(unchained === undefined ? {} : { unchained: Number(unchained) }),
      ...(after === undefined ? {} : { after: toText(after) }),
      ...(head === undefined ? {} : { head: 'missing' }),
    },
  };
}

function toText(json: string): string {
  try {
    return String(JSON.parse(Buffer.from(json, 'latin1').toString()));
  } catch {
    return json;
  }
}
