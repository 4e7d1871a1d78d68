// Owns the search for everything that other readers could get from one message: breadth first, each
// reading searched for further ones, within a budget of work.
import { createHash } from 'node:crypto';
import { systemClock } from '../base/clock.ts';
import { GiveWay } from '../base/give-way.ts';
import { type AmbiguityKind, ambiguityKinds } from '../message/ambiguity.ts';
import { type MimePart, MimeWalker } from '../message/mime-walk.ts';
import { AmbiguityFinder } from '../message/readings/ambiguity-finder.ts';
import type { Finding, Reading } from '../message/readings/reading.ts';
import { createTransferDecoder, type TransferDecoder } from '../message/transfer-decoding.ts';
import type { Ambiguity } from '../plugin-api/message-view.ts';
import { type Meter, type OctetSource, ReadingSource } from './reading-source.ts';
import type { WholeMessage } from './whole-message.ts';

/** A reading that shows something which the message read by the standards does not. */
export interface FoundReading {
  /** `1.2~uuencode`: stands for `1` in the paths of its parts. */
  readonly path: string;
  readonly depth: number;
  readonly source: OctetSource;
  /** Paths, as the walk over this reading has them, of the parts that were not seen elsewhere. */
  readonly newParts: ReadonlySet<string>;
}

export interface SearchResult {
  readonly ambiguities: readonly Ambiguity[];
  readonly readings: readonly FoundReading[];
}

export interface SearchLimits {
  /** Readings within readings. */
  readonly maxNesting: number;
  readonly maxReadings: number;
  readonly maxAmbiguities: number;
  /** Octets that may be worked on: a multiple of the message, and so many for every message. */
  readonly octetsFactor: number;
  readonly octetsAlways: number;
  /** For all readings, of the time that the search itself takes: octets can be made to cost much. */
  readonly maxWorkMs: number;
}

const defaultLimits: SearchLimits = {
  maxNesting: 6,
  maxReadings: 1000,
  maxAmbiguities: 500,
  octetsFactor: 6,
  octetsAlways: 16 * 1024 * 1024,
  maxWorkMs: 3000,
};

interface Place {
  readonly source: OctetSource;
  readonly path: string;
  readonly depth: number;
  readonly nesting: number;
}

/** Reads `message` once, and the stretches that are ambiguous as often as there are readings. */
export async function searchReadings(
  message: OctetSource,
  limits: Partial<SearchLimits> = {},
): Promise<SearchResult> {
  return await new ReadingSearch({ ...defaultLimits, ...limits }).run(message);
}

/** The same for a message in memory; undefined where something needs a second look. */
export function searchWhole(message: WholeMessage): SearchResult | undefined {
  return new ReadingSearch(defaultLimits).runWhole(message);
}

class OverBudget extends Error {}

class ReadingSearch {
  readonly #limits: SearchLimits;
  readonly #ambiguities = new Map<string, Ambiguity>();
  readonly #readings: FoundReading[] = [];
  readonly #searched = new Set<string>();
  readonly #seen = new SeenContent();
  readonly #waiting: { readonly place: Place; readonly finding: Finding }[] = [];
  readonly #loop = new GiveWay();
  #octetsLeft = 0;
  #workMs = 0;
  readonly #meter: Meter = {
    count: (octets) => {
      this.#octetsLeft -= octets;
      if (this.#octetsLeft < 0) throw new OverBudget();
    },
  };

  constructor(limits: SearchLimits) {
    this.#limits = limits;
  }

  runWhole({ pieces, events }: WholeMessage): SearchResult | undefined {
    const finder = new AmbiguityFinder('kept');
    for (const [index, piece] of pieces.entries()) finder.push(piece, index === 0 ? events : []);
    const findings = finder.end(pieces.length === 0 ? events : []);
    if (findings.some(({ readings }) => readings.length > 0)) return undefined;
    for (const { kind, path } of findings) this.#tell(kind, path);
    return { ambiguities: [...this.#ambiguities.values()], readings: [] };
  }

  async run(message: OctetSource): Promise<SearchResult> {
    const root: Place = { source: message, path: '1', depth: 0, nesting: 0 };
    const finder = new AmbiguityFinder();
    let octets = 0;
    const unlimited = { count() {} };
    for await (const piece of message.read(0, Number.POSITIVE_INFINITY, unlimited)) {
      octets += piece.length;
      finder.push(piece);
      if (this.#loop.isDue) await this.#loop.giveWay();
    }
    this.#await(root, finder.end());
    this.#octetsLeft = octets * this.#limits.octetsFactor + this.#limits.octetsAlways;
    if (this.#waiting.length > 0) {
      for await (const piece of this.#seen.learn(message, unlimited)) void piece;
      await this.#searchAll();
    }
    return { ambiguities: [...this.#ambiguities.values()], readings: this.#readings };
  }

  async #searchAll(): Promise<void> {
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        const { place, finding } = next;
        for (const [index, reading] of finding.readings.entries()) {
          await this.#search(place, finding, reading, index);
        }
      }
    } catch (error) {
      if (!(error instanceof OverBudget)) throw error;
      this.#tell('too-many-readings', '1');
    }
  }

  async #search(place: Place, finding: Finding, reading: Reading, index: number): Promise<void> {
    const { maxNesting, maxReadings } = this.#limits;
    const source = new ReadingSource(place.source, reading);
    if (this.#searched.has(source.key)) return;
    this.#searched.add(source.key);
    if (place.nesting >= maxNesting || this.#searched.size > maxReadings) throw new OverBudget();
    const path = `${pathIn(place, finding.path)}~${finding.kind}${index === 0 ? '' : `-${index + 1}`}`;
    const finder = new AmbiguityFinder();
    const newParts = new Set<string>();
    let sinceMs = systemClock.monotonicMs();
    for await (const piece of this.#seen.learn(source, this.#meter, newParts)) {
      finder.push(piece);
      this.#workMs += systemClock.monotonicMs() - sinceMs;
      if (this.#workMs > this.#limits.maxWorkMs) throw new OverBudget();
      if (this.#loop.isDue) await this.#loop.giveWay();
      sinceMs = systemClock.monotonicMs();
    }
    if (newParts.size === 0) return;
    const depth = place.depth + finding.depth;
    this.#tell(finding.kind, pathIn(place, finding.path));
    this.#readings.push({ path, depth, source, newParts });
    this.#await({ source, path, depth, nesting: place.nesting + 1 }, finder.end());
  }

  /** What has no readings is told at once; the others only if they show something new. */
  #await(place: Place, findings: readonly Finding[]): void {
    for (const finding of findings) {
      if (finding.readings.length > 0) this.#waiting.push({ place, finding });
      else this.#tell(finding.kind, pathIn(place, finding.path));
    }
  }

  #tell(kind: AmbiguityKind, path: string): void {
    const key = `${kind} ${path}`;
    if (this.#ambiguities.has(key)) return;
    if (this.#ambiguities.size < this.#limits.maxAmbiguities || kind === 'too-many-readings') {
      this.#ambiguities.set(key, { kind, path, reach: ambiguityKinds[kind] });
    } else {
      this.#tell('too-many-readings', '1');
    }
  }
}

/** The root of a reading has the path of the reading, its parts follow. */
function pathIn(place: Place, path: string): string {
  return `${place.path}${path.slice(1)}`;
}

/** Digests of what was found so far, so that nothing is shown twice. */
class SeenContent {
  readonly #namesByContent = new Map<string, Set<string>>();

  /** Passes the octets on; when they have ended, `newParts` has the paths of what was not seen before. */
  async *learn(
    source: OctetSource,
    meter: Meter,
    newParts = new Set<string>(),
  ): AsyncGenerator<Buffer, void, void> {
    const walker = new MimeWalker();
    let leaf: LeafDigest | undefined;
    const take = (events: ReturnType<MimeWalker['push']>): void => {
      for (const event of events) {
        if (event.kind === 'partStarted') leaf = new LeafDigest(event.part);
        if (event.kind === 'partContent') leaf?.push(event.bytes);
        if (event.kind === 'partEnded' && leaf?.part === event.part) {
          if (this.#isNew(leaf)) addWithAncestors(newParts, event.part.path);
        }
      }
    };
    for await (const piece of source.read(0, Number.POSITIVE_INFINITY, meter)) {
      take(walker.push(piece));
      yield piece;
    }
    take(walker.end());
  }

  #isNew(leaf: LeafDigest): boolean {
    const digest = leaf.end();
    if (digest === undefined) return false;
    const names = this.#namesByContent.get(digest);
    const isNew = names === undefined || leaf.part.fileNames.some((name) => !names.has(name));
    this.#namesByContent.set(digest, new Set([...(names ?? []), ...leaf.part.fileNames]));
    return isNew;
  }
}

class LeafDigest {
  readonly part: MimePart;
  readonly #hash = createHash('sha1');
  readonly #decoder: TransferDecoder;
  #octets = 0;

  constructor(part: MimePart) {
    this.part = part;
    this.#decoder = createTransferDecoder(part.transferEncoding);
    this.#hash.update(`${part.contentType}\n`);
  }

  push(bytes: Buffer): void {
    this.#take(this.#decoder.push(bytes));
  }

  /** Undefined for a leaf without content. */
  end(): string | undefined {
    this.#take(this.#decoder.end());
    return this.#octets === 0 ? undefined : this.#hash.digest('base64');
  }

  #take(octets: Buffer): void {
    this.#octets += octets.length;
    this.#hash.update(octets);
  }
}

function addWithAncestors(paths: Set<string>, path: string): void {
  for (let at = path.length; at !== -1; at = path.lastIndexOf('.', at - 1)) {
    paths.add(path.slice(0, at));
  }
}
