// Owns the one pass over a message that finds where readers may disagree about it. It holds the headers
// and a few places, no content.
import { type MimeEvent, MimeWalker } from '../mime-walk.ts';
import type { Chunks } from '../open-header.ts';
import { BareCrFinder } from './bare-cr.ts';
import { boundaryFindings } from './boundary-rules.ts';
import { leafFindings } from './content-rules.ts';
import { headerFindings } from './header-rules.ts';
import { LineSearch, type Mark, type WatchedBoundary } from './line-search.ts';
import { Outline } from './outline.ts';
import type { Finding } from './reading.ts';
import { structureFindings } from './structure-rules.ts';

const lf = 0x0a;
const cr = 0x0d;

/** Takes octets in chunks of any size; the findings come with the end. */
export class AmbiguityFinder {
  #walker: MimeWalker | undefined;
  readonly #outline: Outline;
  readonly #boundaries: WatchedBoundary[] = [];
  readonly #lines = new LineSearch(this.#boundaries);
  readonly #bareCr = new BareCrFinder();
  #watchedParts = 0;
  #octets = 0;
  #previous = 0;
  #endsLinesWith: 'crlf' | 'lf' | undefined;

  constructor(chunks: Chunks = 'passing') {
    this.#outline = new Outline(chunks);
  }

  /** `events` are what a walk tells of the chunk, or of all chunks with the first one. */
  push(chunk: Buffer, events: readonly MimeEvent[] = this.#walk().push(chunk)): void {
    this.#outline.take(events);
    this.#watchBoundaries();
    this.#lines.push(chunk);
    this.#lines.prune((mark) => this.#isOfUse(mark));
    this.#bareCr.push(chunk);
    this.#octets += chunk.length;
    if (this.#endsLinesWith !== undefined) return;
    const at = chunk.indexOf(lf);
    const before = at === 0 ? this.#previous : chunk[at - 1];
    if (at !== -1) this.#endsLinesWith = before === cr ? 'crlf' : 'lf';
    this.#previous = chunk.at(-1) ?? this.#previous;
  }

  end(events: readonly MimeEvent[] = this.#walk().end()): Finding[] {
    this.#outline.take(events);
    this.#watchBoundaries();
    const marks = this.#lines.end();
    const facts = {
      octets: this.#octets,
      hasBareCr: this.#bareCr.isFound,
      endsLinesWith: this.#endsLinesWith ?? 'lf',
    };
    const { parts, isCut } = this.#outline;
    const isFull = this.#lines.isFull || parts.some(({ probe }) => probe?.isFull === true);
    return [
      ...structureFindings(this.#outline, marks, facts),
      ...parts.flatMap((part) => headerFindings(part)),
      ...boundaryFindings(this.#outline, marks),
      ...parts.flatMap((part) => (part.probe === undefined ? [] : leafFindings(part, part.probe))),
      ...(isCut || isFull ? [{ ...wholeMessage, readings: [] }] : []),
    ];
  }

  #walk(): MimeWalker {
    this.#walker ??= new MimeWalker();
    return this.#walker;
  }

  /** A text may quote whole mailboxes: what begins a part matters only where one could begin. */
  #isOfUse(mark: Mark): boolean {
    if (mark.kind !== 'field' && mark.kind !== 'dashes') return true;
    const region = this.#outline.regionAt(mark.start);
    if (region === undefined || region.kind === 'gap') return true;
    if (mark.kind === 'field') return false;
    const isUndivided = region.owner.part.contentType.startsWith('multipart/');
    return isUndivided || this.#boundaries.some(({ text }) => mark.text.startsWith(text));
  }

  /** Before the lines of a chunk are searched: the headers above them may stand in the same chunk. */
  #watchBoundaries(): void {
    const { parts } = this.#outline;
    if (parts.length === this.#watchedParts) return;
    for (const { boundaries, part } of parts.slice(this.#watchedParts)) {
      for (const text of boundaries.starts) {
        this.#boundaries.push({ text, from: part.contentStart });
      }
    }
    this.#watchedParts = parts.length;
  }
}

const wholeMessage = { kind: 'too-many-readings', path: '1', depth: 0 } as const;
