// Owns the gathering of features while a message is read, and of their texts when somebody asks.
import { HashSet, mix, step } from './hash.ts';
import type { WordSink } from './words.ts';

/** Told what a feature is in words, for those that are wanted. */
export interface Notes {
  readonly wanted: ReadonlySet<number>;
  readonly found: Map<number, string>;
}

const maxGrams = 6000;
const maxWordFeatures = 8000;
const maxTailFeatures = 3000;
const maxTraits = 1500;
const maxShapes = 500;

// One set of each kind serves all messages: extraction never waits, so no two run at once.
const sets = {
  grams: new HashSet(maxGrams),
  words: new HashSet(maxWordFeatures),
  tail: new HashSet(maxTailFeatures),
  traits: new HashSet(maxTraits),
  shape: new HashSet(maxShapes),
};
export type FeatureSets = typeof sets;

/** The sets, empty. */
export function freshSets(): FeatureSets {
  sets.grams.clear();
  sets.words.clear();
  sets.tail.clear();
  sets.traits.clear();
  sets.shape.clear();
  return sets;
}

/** How far apart the two words of a pair may stand. */
const reach = 4;
const distances = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f];
const disguiseSeeds = { mixedScript: 0x51ed270b, signs: 0x2545f491, spaced: 0x6c8e9cf5 };

/** Words and orthogonal sparse bigrams of one text. */
export class WordPairs implements WordSink {
  readonly #set: HashSet;
  readonly #text: string;
  readonly #notes: Notes | undefined;
  readonly #hashes = new Uint32Array(reach);
  readonly #starts = new Uint32Array(reach);
  readonly #ends = new Uint32Array(reach);
  #count = 0;
  disguises = 0;

  constructor(set: HashSet, text: string, notes: Notes | undefined) {
    this.#set = set;
    this.#text = text;
    this.#notes = notes;
  }

  word(hash: number, start: number, end: number): void {
    const set = this.#set;
    set.add(hash);
    if (this.#notes?.wanted.has(hash)) this.#note(hash, this.#text.slice(start, end));
    const known = Math.min(this.#count, reach);
    for (let distance = 1; distance <= known; distance += 1) {
      const at = (this.#count - distance) % reach;
      const other = this.#hashes[at] ?? 0;
      const pair = mix(Math.imul(other, distances[distance - 1] ?? 1) + hash);
      set.add(pair);
      if (this.#notes?.wanted.has(pair)) this.#notePair(pair, at, distance, start, end);
    }
    const slot = this.#count % reach;
    this.#hashes[slot] = hash;
    this.#starts[slot] = start;
    this.#ends[slot] = end;
    this.#count += 1;
  }

  disguised(kind: keyof typeof disguiseSeeds, hash: number, start: number, end: number): void {
    this.disguises += 1;
    this.#set.add(hash);
    if (this.#notes?.wanted.has(hash)) this.#note(hash, this.#text.slice(start, end));
    if (kind === 'signs') return;
    const trait = mix(disguiseSeeds[kind]);
    this.#set.add(trait);
    if (this.#notes?.wanted.has(trait)) this.#note(trait, this.#text.slice(start, end));
  }

  #note(hash: number, text: string): void {
    this.#notes?.found.set(hash, `"${text.slice(0, 60)}" in the text`);
  }

  #notePair(hash: number, at: number, distance: number, start: number, end: number): void {
    const first = this.#text.slice(this.#starts[at] ?? 0, this.#ends[at] ?? 0);
    const gap = distance === 1 ? ' ' : ' ... ';
    this.#note(hash, first + gap + this.#text.slice(start, end));
  }
}

/** Pieces of four characters. */
export function addGrams(set: HashSet, text: string, maxCharacters: number): void {
  const length = Math.min(text.length, maxCharacters);
  let four = 0;
  for (let at = 0; at < length; at += 1) {
    four = (four << 8) | (text.charCodeAt(at) & 0xff);
    if (at >= 3) set.add(mix(four ^ 0x5bd1e995));
  }
}

/** Traits and words of the header: `scope` keeps equal words of two fields apart. */
export class Traits {
  readonly #set: HashSet;
  readonly #notes: Notes | undefined;

  constructor(set: HashSet, notes: Notes | undefined) {
    this.#set = set;
    this.#notes = notes;
  }

  add(scope: string, value: string, describe: (value: string) => string): void {
    let hash = 0x1b873593;
    for (let at = 0; at < scope.length; at += 1) hash = step(hash, scope.charCodeAt(at));
    hash = step(hash, 0x3a);
    for (let at = 0; at < value.length; at += 1) hash = step(hash, value.charCodeAt(at));
    const trait = mix(hash);
    this.#set.add(trait);
    if (this.#notes?.wanted.has(trait)) this.#notes.found.set(trait, describe(value));
  }
}
