// Owns where words begin and end in a text, and what each is taken for.
import { mix, step } from './hash.ts';
import { isInvisible, latinLookAlike, letterForSign } from './skeleton.ts';

/** What a text is told to: words in order, each as a number. */
export interface WordSink {
  /** `start` and `end` are where it stands in the text. */
  word(hash: number, start: number, end: number): void;
  /** The same word, written with letters of other scripts, with signs, or in pieces. */
  disguised(
    kind: 'mixedScript' | 'signs' | 'spaced',
    hash: number,
    start: number,
    end: number,
  ): void;
}

const seed = 0x811c9dc5;
const maxWordLength = 40;

/** Goes once through a text that is in lower case, up to `maxWords`; returns where it stopped. */
export function readWords(text: string, sink: WordSink, maxWords: number, from = 0): number {
  let at = from;
  let words = 0;
  // A run of single letters: `v i a g r a`.
  let spacedHash = seed;
  let spacedCount = 0;
  let spacedStart = 0;
  let spacedEnd = 0;
  const { length } = text;
  while (at < length && words < maxWords) {
    let code = text.charCodeAt(at);
    if (!isWordCode(code)) {
      at += 1;
      continue;
    }
    if (isIdeograph(code)) {
      sink.word(mix(step(seed, code)), at, at + 1);
      words += 1;
      at += 1;
      continue;
    }
    const start = at;
    let hash = seed;
    let skeleton = seed;
    let count = 0;
    let latin = 0;
    let foreign = 0;
    let accents = 0;
    let signs = 0;
    while (at < length) {
      code = text.charCodeAt(at);
      if (code < 0x80) {
        const kind = asciiKinds[code] ?? 0;
        if (kind === 0) break;
        // A full stop at the end of a sentence and the like do not belong to the word.
        if (kind === innerKind && !isWordCode(text.charCodeAt(at + 1))) break;
        if (count < maxWordLength) {
          hash = step(hash, code);
          if (kind === letterKind) {
            latin += 1;
            skeleton = step(skeleton, code);
          } else {
            const letter = letterForSign(code);
            if (letter !== 0) signs += 1;
            skeleton = step(skeleton, letter === 0 ? code : letter);
          }
        }
        count += 1;
      } else if (!isInvisible(code)) {
        if (!isWordCode(code) || isIdeograph(code)) break;
        if (count < maxWordLength) {
          hash = step(hash, code);
          const letter = latinLookAlike(code);
          if (letter === 0) foreign += 10_000;
          else if (code < 0x250) accents += 1;
          else foreign += 1;
          skeleton = step(skeleton, letter === 0 ? code : letter);
        }
        count += 1;
      }
      at += 1;
    }
    if (count === 0) continue;
    words += 1;
    if (count === 1 && latin + foreign === 1) {
      if (spacedCount === 0) spacedStart = start;
      const letter = text.charCodeAt(start);
      spacedHash = step(spacedHash, foreign === 1 ? latinLookAlike(letter) : letter);
      spacedCount += 1;
      spacedEnd = at;
    } else {
      if (spacedCount > 2) sink.disguised('spaced', mix(spacedHash), spacedStart, spacedEnd);
      spacedHash = seed;
      spacedCount = 0;
    }
    const isMixed = foreign > 0 && foreign < 10_000;
    // What only looks like Latin is taken for it, so that a disguise changes nothing.
    const own = mix(isMixed ? skeleton : hash);
    sink.word(own, start, at);
    if (isMixed && latin > 0) sink.disguised('mixedScript', own, start, at);
    else if (signs > 0 && latin > 1) sink.disguised('signs', mix(skeleton), start, at);
    else if (accents > 0) sink.disguised('signs', mix(skeleton), start, at);
  }
  if (spacedCount > 2) sink.disguised('spaced', mix(spacedHash), spacedStart, spacedEnd);
  return at;
}

const letterKind = 1;
const otherKind = 2;
/** Part of a word only between two word characters. */
const innerKind = 3;
const asciiKinds: Uint8Array = makeKinds();

function makeKinds(): Uint8Array {
  const kinds = new Uint8Array(128);
  for (let code = 0x61; code <= 0x7a; code += 1) kinds[code] = letterKind;
  for (let code = 0x41; code <= 0x5a; code += 1) kinds[code] = letterKind;
  for (let code = 0x30; code <= 0x39; code += 1) kinds[code] = otherKind;
  kinds[0x24] = otherKind;
  for (const char of "!'@") kinds[char.charCodeAt(0)] = innerKind;
  return kinds;
}

function isWordCode(code: number): boolean {
  if (code < 0x80) {
    const kind = asciiKinds[code] ?? 0;
    return kind === letterKind || kind === otherKind;
  }
  if (code < 0xc0) return code === 0xaa || code === 0xb5 || code === 0xba || code === 0xa3;
  if (code >= 0x2000 && code <= 0x206f) return false;
  if (code >= 0x3000 && code <= 0x3004) return false;
  if (code >= 0x3008 && code <= 0x3020) return false;
  return !(code >= 0xff00 && code <= 0xff0f) && !Number.isNaN(code);
}

/** Scripts without blanks between words: each character is one. */
function isIdeograph(code: number): boolean {
  return (
    (code >= 0x2e80 && code <= 0xabff && !(code >= 0xa640 && code <= 0xa69f)) ||
    (code >= 0x0e00 && code <= 0x0eff) ||
    (code >= 0xd800 && code <= 0xdfff)
  );
}
