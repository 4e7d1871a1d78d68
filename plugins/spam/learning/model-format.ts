// Owns the octets of a stored model. Whatever it is given, it reads within bounds or refuses.
import { crc32 } from 'node:zlib';
import { type Cells, DenseCells, maxCount, maxWeight, slotCount } from './cells.ts';
import type { GroupTotals, ModelState } from './model.ts';
import { OverlayCells } from './overlay-cells.ts';
import { countedGroups } from './training-step.ts';

const magic = 0x4d50_5350;
const version = 2;
const headOctets = 4 + 1 + 1 + 4 + countedGroups.length * 8 + 4;
const checksumOctets = 4;
/** No cell takes more than this. */
const maxCellOctets = 4 * 3;
const maxOctets = headOctets + slotCount * maxCellOctets + checksumOctets;

/** Head, then each cell that holds something: distance of its slot, weight, hams, spams. */
export function writeModel({ cells, totals }: ModelState): Buffer {
  const slots = [...cells.used()];
  const octets = Buffer.alloc(headOctets + slots.length * maxCellOctets + checksumOctets);
  let at = octets.writeUInt32LE(magic, 0);
  at = octets.writeUInt8(version, at);
  at = octets.writeUInt8(cells instanceof OverlayCells ? 1 : 0, at);
  at = octets.writeUInt32LE(cells instanceof OverlayCells ? printOf(cells.base) : 0, at);
  for (const group of countedGroups) {
    at = octets.writeUInt32LE(totals[group].hams, at);
    at = octets.writeUInt32LE(totals[group].spams, at);
  }
  at = octets.writeUInt32LE(slots.length, at);
  let last = -1;
  for (const slot of slots) {
    at = writeNumber(octets, at, slot - last - 1);
    const weight = cells.weight(slot);
    at = writeNumber(octets, at, weight < 0 ? -2 * weight - 1 : 2 * weight);
    at = writeNumber(octets, at, cells.hams(slot));
    at = writeNumber(octets, at, cells.spams(slot));
    last = slot;
  }
  at = octets.writeUInt32LE(crc32(octets.subarray(0, at)), at);
  return octets.subarray(0, at);
}

export function readModel(octets: Buffer, base: Cells | undefined): ModelState {
  if (octets.length < headOctets + checksumOctets || octets.length > maxOctets) {
    throw invalid('its length is that of no model');
  }
  if (octets.readUInt32LE(0) !== magic) throw invalid('it does not begin like one');
  if (octets[4] !== version) throw invalid(`it is of version ${octets[4]}, not ${version}`);
  const end = octets.length - checksumOctets;
  if (crc32(octets.subarray(0, end)) !== octets.readUInt32LE(end)) {
    throw invalid('it is damaged');
  }
  const cells = emptyCells(octets, base);
  const totals = readTotals(octets);
  const reader = new NumberReader(octets.subarray(headOctets, end));
  const count = octets.readUInt32LE(headOctets - 4);
  let slot = -1;
  for (let index = 0; index < count; index += 1) {
    slot += reader.next(slotCount) + 1;
    if (slot >= slotCount) throw invalid('it has more cells than a model');
    const zigzag = reader.next(2 * maxWeight);
    const weight = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    cells.set(slot, weight, reader.next(maxCount), reader.next(maxCount));
  }
  if (!reader.isAtEnd) throw invalid('something follows its last cell');
  return { cells, totals };
}

function emptyCells(octets: Buffer, base: Cells | undefined): Cells {
  if (octets[5] === 0) return new DenseCells();
  if (octets[5] !== 1) throw invalid('it is of no kind that is known');
  if (base === undefined) throw invalid('it needs the model that it was made over');
  if (octets.readUInt32LE(6) !== printOf(base)) throw invalid('it was made over another model');
  return new OverlayCells(base);
}

function readTotals(octets: Buffer): GroupTotals {
  const [grams, words, traits, shape] = countedGroups.map((_, index) => ({
    hams: octets.readUInt32LE(10 + index * 8),
    spams: octets.readUInt32LE(14 + index * 8),
  }));
  if (grams === undefined || words === undefined || traits === undefined || shape === undefined)
    throw invalid('no totals');
  return { grams, words, traits, shape };
}

const prints = new WeakMap<Cells, number>();

/** Tells models apart; computed once, since the base of an overlay is not trained any more. */
function printOf(cells: Cells): number {
  const known = prints.get(cells);
  if (known !== undefined) return known;
  const none = { hams: 0, spams: 0 };
  const octets = writeModel({
    cells,
    totals: { grams: none, words: none, traits: none, shape: none },
  });
  const print = octets.readUInt32LE(octets.length - checksumOctets);
  prints.set(cells, print);
  return print;
}

/** Seven bits in each octet, the lowest first; the top bit says that more follow. */
function writeNumber(octets: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value;
  while (rest > 0x7f) {
    octets[at] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
    at += 1;
  }
  octets[at] = rest;
  return at + 1;
}

class NumberReader {
  readonly #octets: Buffer;
  #at = 0;

  constructor(octets: Buffer) {
    this.#octets = octets;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#octets.length;
  }

  next(max: number): number {
    let value = 0;
    for (let shift = 0; shift <= 14; shift += 7) {
      const octet = this.#octets[this.#at];
      if (octet === undefined) throw invalid('it ends within a cell');
      this.#at += 1;
      value |= (octet & 0x7f) << shift;
      if (octet < 0x80) {
        if (value > max) throw invalid('it has a number that is too large');
        return value;
      }
    }
    throw invalid('it has a number that is too long');
  }
}

/** A model file that cannot be one. The message is one line, fit to be shown. */
export class ModelFormatError extends Error {
  readonly code = 'SPAM_MODEL_INVALID';
}

function invalid(reason: string): ModelFormatError {
  return new ModelFormatError(`this is no model of the spam filter: ${reason}`);
}
