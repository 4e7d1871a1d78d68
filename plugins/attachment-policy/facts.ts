// Owns what is known of one file after it has been examined. Facts are no judgement.
import type { Trait } from './trait.ts';

/** What a file lies in, immediately. */
export type Inside = 'message' | 'archive' | 'document';

/** Where in the message a file was found. */
export interface Place {
  /** MIME path of the part that it is, or that it was unpacked from. */
  readonly path: string;
  readonly inside: Inside;
  /** Names of what it lies in, the innermost first. */
  readonly containers: readonly string[];
}

export interface FileFacts {
  readonly place: Place;
  /** Every name that some program would give the file. */
  readonly names: readonly string[];
  /** Type in the header of the part, in lower case; files in files have none. */
  readonly declaredType: string | undefined;
  /** What it is by content, in one word: `pdf`, `exe`. */
  readonly detected: string | undefined;
  /** Undefined when nothing asked for it. */
  readonly octets: number | undefined;
  /** Each with what gave it away, where that is more than the name of the file. */
  readonly traits: ReadonlyMap<Trait, string | undefined>;
}

const noTraits: ReadonlyMap<Trait, string | undefined> = new Map();

/** Facts while they are gathered. */
export class FactsDraft implements FileFacts {
  readonly place: Place;
  readonly names: readonly string[];
  readonly declaredType: string | undefined;
  detected: string | undefined;
  octets: number | undefined;
  #traits: Map<Trait, string | undefined> | undefined;

  constructor(place: Place, names: readonly string[], declaredType: string | undefined) {
    this.place = place;
    this.names = names;
    this.declaredType = declaredType;
  }

  get traits(): ReadonlyMap<Trait, string | undefined> {
    return this.#traits ?? noTraits;
  }

  /** The first detail of a trait stays. */
  note(trait: Trait, detail?: string): void {
    this.#traits ??= new Map();
    if (!this.#traits.has(trait)) this.#traits.set(trait, detail);
  }
}
