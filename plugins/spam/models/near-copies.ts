// Owns how alike two messages are: a signature by which near copies of one text are found without keeping
// the text. Numbers only; it stores nothing.
import { hashOf, mix } from '../features/hash.ts';
import type { MessageSample } from '../features/sample.ts';

/** Of `lanes` numbers each; a band of them is looked up as one. */
export const lanes = 32;
export const bands = 8;
const lanesOfBand = lanes / bands;

/** As many lanes are equal in two texts as these share of their runs of words. */
const leastEqualLanes = 23;

/** Words in a row that count as one piece. */
const runLength = 3;
const maxWords = 3000;
/** With fewer pieces than this, two texts are alike by chance. */
const leastPieces = 12;

/** Texts that are too short to be alike are only equal to themselves: then `mark` takes their place. */
export function signatureOf({ texts }: MessageSample, mark: Buffer): Uint32Array {
  const signature = new Uint32Array(lanes).fill(0xffff_ffff);
  let pieces = 0;
  for (const { head } of texts) {
    const words = wordsOf(head);
    for (let at = 0; at + runLength <= words.length; at += 1) {
      let piece = 0;
      for (let word = at; word < at + runLength; word += 1) {
        piece = mix(Math.imul(piece, 31) + (words[word] ?? 0));
      }
      add(signature, piece);
      pieces += 1;
    }
  }
  if (pieces >= leastPieces) return signature;
  return signature.map((_, lane) => mix(mark.readUInt32LE((lane % 4) * 4) + lane));
}

export function isNearCopy(one: Uint32Array, other: Uint32Array): boolean {
  let equal = 0;
  for (let lane = 0; lane < lanes; lane += 1) if (one[lane] === other[lane]) equal += 1;
  return equal >= leastEqualLanes;
}

/** What near copies have some of in common, most of the time. */
export function bandsOf(signature: Uint32Array): number[] {
  return Array.from({ length: bands }, (_, band) => {
    let value = band + 1;
    for (let lane = 0; lane < lanesOfBand; lane += 1) {
      value = mix(Math.imul(value, 0x01000193) ^ (signature[band * lanesOfBand + lane] ?? 0));
    }
    return value;
  });
}

export function signatureToBuffer(signature: Uint32Array): Buffer {
  const octets = Buffer.alloc(lanes * 4);
  for (const [lane, value] of signature.entries()) octets.writeUInt32LE(value, lane * 4);
  return octets;
}

export function signatureFromBuffer(octets: Uint8Array): Uint32Array {
  const view = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  return Uint32Array.from({ length: lanes }, (_, lane) => view.readUInt32LE(lane * 4));
}

/** In each lane the least of all pieces, in an order of its own. */
function add(signature: Uint32Array, piece: number): void {
  for (let lane = 0; lane < lanes; lane += 1) {
    const value = mix(piece ^ Math.imul(lane + 1, 0x9e3779b1));
    if (value < (signature[lane] ?? 0)) signature[lane] = value;
  }
}

/** Letters and digits; what stands between `<` and `>` and numbers alone differ from copy to copy. */
function wordsOf(text: string): number[] {
  const words: number[] = [];
  let start = -1;
  let isTag = false;
  for (let at = 0; at <= text.length && words.length < maxWords; at += 1) {
    const code = at < text.length ? text.charCodeAt(at) : 0x20;
    if (code === 0x3c) isTag = true;
    if (!isTag && isLetter(code)) {
      if (start === -1) start = at;
    } else if (start !== -1) {
      words.push(hashOf(text.slice(start, Math.min(at, start + 24)).toLowerCase(), 0x2c1b3c6d));
      start = -1;
    }
    if (code === 0x3e) isTag = false;
  }
  return words;
}

function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code >= 0xc0;
}
