// Owns where the parts of a message lie, in octets. It keeps headers, but nothing of any content.
import { type MimeEvent, type MimeLimits, type MimePart, MimeWalker } from './mime-walk.ts';
import { tooComplex } from './too-complex.ts';

/** A part and the place it has. Its header lies between `part.start` and `part.contentStart`. */
export interface LaidOutPart {
  readonly part: MimePart;
  /** Without the line end that belongs to a boundary line below. */
  readonly end: number;
  /** Where the next boundary line of its parent begins; undefined where there is none. */
  readonly followedBy: number | undefined;
  /** In the order of the message. What lies between them are boundary lines, preamble and epilogue. */
  readonly children: readonly LaidOutPart[];
}

export interface MimeLayout {
  readonly root: LaidOutPart;
  /** Of the whole message. */
  readonly octets: number;
  /** Whether the last octet of the message ends a line. */
  readonly hasFinalLineEnd: boolean;
  /** All that part something somewhere in the message, without duplicates. */
  readonly boundaries: readonly Buffer[];
}

type OpenPart = { -readonly [Key in keyof LaidOutPart]: LaidOutPart[Key] } & {
  readonly children: LaidOutPart[];
};

/**
 * Incremental: any chunking gives the same layout. Throws MESSAGE_TOO_COMPLEX at a limit of the walk,
 * since beyond it parts go unseen, and an edit could cut through one of them.
 */
export class MimeLayoutBuilder {
  readonly #walker: MimeWalker;
  readonly #open: OpenPart[] = [];
  readonly #boundaries = new Map<string, Buffer>();
  #root: LaidOutPart | undefined;
  #octets = 0;
  #lastOctet: number | undefined;

  constructor(limits: Partial<MimeLimits> = {}) {
    this.#walker = new MimeWalker(limits);
  }

  push(chunk: Buffer): void {
    this.#octets += chunk.length;
    this.#lastOctet = chunk.at(-1) ?? this.#lastOctet;
    for (const event of this.#walker.push(chunk)) this.#take(event);
  }

  end(): MimeLayout {
    for (const event of this.#walker.end()) this.#take(event);
    if (this.#root === undefined) throw new Error('the walk has not ended the message');
    return {
      root: this.#root,
      octets: this.#octets,
      hasFinalLineEnd: this.#lastOctet === 0x0a,
      boundaries: [...this.#boundaries.values()],
    };
  }

  #take(event: MimeEvent): void {
    switch (event.kind) {
      case 'partStarted':
        this.#start(event.part);
        break;
      case 'partContent':
        break;
      case 'partEnded': {
        const ended = this.#open.pop();
        if (ended === undefined) break;
        ended.end = event.end;
        ended.followedBy = event.followedBy;
        if (this.#open.length === 0) this.#root = ended;
        break;
      }
      case 'limitReached':
        throw tooComplex(event.limit);
    }
  }

  #start(part: MimePart): void {
    const { boundary, contentStart } = part;
    if (boundary !== undefined) this.#boundaries.set(boundary.toString('latin1'), boundary);
    const opened: OpenPart = { part, end: contentStart, followedBy: undefined, children: [] };
    this.#open.at(-1)?.children.push(opened);
    this.#open.push(opened);
  }
}
