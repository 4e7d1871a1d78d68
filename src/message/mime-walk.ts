// Owns the walk over the MIME tree while the message arrives. It neither decodes nor judges content.
import { matchBoundaryLine } from './boundary-line.ts';
import type { HeaderBlock } from './header-block.ts';
import type { MimeValue } from './mime-parameters.ts';
import { type PartShape, readPartFacts } from './mime-part.ts';
import { type Chunks, headerBlockOf, type OpenHeader, openHeader } from './open-header.ts';

export interface MimePart {
  /** The message itself is `1`; the nth child of part P is `P.n`, also inside message/rfc822. */
  readonly path: string;
  /** 0 for the message itself. */
  readonly depth: number;
  readonly headers: HeaderBlock;
  /** Its Content-Type fields, in order. */
  readonly types: readonly MimeValue[];
  /** Lower case `type/subtype`. */
  readonly contentType: string;
  /** Lower case, without comments. */
  readonly transferEncoding: string | undefined;
  /** Every name that any client could take. */
  readonly fileNames: readonly string[];
  /** True when its children follow as parts of their own. */
  readonly isContainer: boolean;
  /** What parts its children; undefined unless it is a multipart. */
  readonly boundary: Buffer | undefined;
  /** Where the boundary line above begins; the message itself and an embedded one have none. */
  readonly delimiterStart: number | undefined;
  /** Where its header begins in the message, in octets. */
  readonly start: number;
  /** Where its content begins: behind the blank line. */
  readonly contentStart: number;
}

export interface MimeLimits {
  /** Deepest part that is looked at; the message itself is at depth 0. */
  readonly maxDepth: number;
  /** Parts of all kinds, the message itself included. */
  readonly maxParts: number;
  /** Octets in the header of one part. */
  readonly maxHeaderBytes: number;
  /** Of all parts together: reading names and types is the costly part of the walk. */
  readonly maxAllHeaderBytes: number;
}

export type MimeLimit = 'depth' | 'parts' | 'headerBytes';

export type MimeEvent =
  | { readonly kind: 'partStarted'; readonly part: MimePart }
  /** Still transfer-encoded, never empty, without the line end before the boundary; a slice of what was pushed. */
  | { readonly kind: 'partContent'; readonly part: MimePart; readonly bytes: Buffer }
  /** Its content ends before `end`; the line end before a boundary belongs to the boundary. */
  | {
      readonly kind: 'partEnded';
      readonly part: MimePart;
      readonly end: number;
      /** Where the boundary line below begins; undefined when it ended only because its parent did. */
      readonly followedBy: number | undefined;
    }
  /** Once per kind of limit: from here on some structure may go unseen. */
  | { readonly kind: 'limitReached'; readonly limit: MimeLimit };

const defaultLimits: MimeLimits = {
  maxDepth: 30,
  maxParts: 2000,
  maxHeaderBytes: 256 * 1024,
  maxAllHeaderBytes: 1024 * 1024,
};

const lf = 0x0a;
const cr = 0x0d;
const dash = 0x2d;
const nothing: Buffer = Buffer.alloc(0);
const lineFeed: Buffer = Buffer.from('\n');
const crLf: Buffer = Buffer.from('\r\n');

interface OpenPart {
  readonly part: MimePart;
  readonly shape: PartShape;
  childCount: number;
}

interface OpenBoundary {
  /** Index of the multipart in the stack. */
  readonly level: number;
  readonly octets: Buffer;
}

/**
 * Takes a message in chunks of any size and tells its parts in order. A part with children yields
 * no content of its own (preamble, epilogue). An outer boundary ends all inner parts; a missing
 * final boundary is no error; parts behind a closing boundary are still reported, since some
 * clients show them.
 *
 * Past a limit nothing is lost silently: too deep a container becomes content; a header that is
 * too long is cut and its rest becomes content; with too many parts the remaining message becomes
 * content of the current leaf, if there is one.
 */
export class MimeWalker {
  readonly #limits: MimeLimits;
  readonly #chunks: Chunks;
  readonly #reached = new Set<MimeLimit>();
  /** Open parts, outermost first. */
  readonly #stack: OpenPart[] = [];
  #boundaries: readonly OpenBoundary[] = [];
  #boundaryOctets: readonly Buffer[] = [];
  #header: OpenHeader | undefined = openHeader(undefined);
  /** Octets that headers may still have, all together. */
  #headerRoom: number;
  #partCount = 1;
  #events: MimeEvent[] = [];
  /** Octets whose meaning depends on what follows. */
  #rest: Buffer = nothing;
  /** Octets before `#rest`. */
  #offset = 0;
  /** Where the part that ends now ends. */
  #end = 0;
  #position: 'lineStart' | 'inLine' | 'inDelimiter' = 'lineStart';
  /** Line end of a leaf that belongs to the boundary if one follows. */
  #heldBreak: Buffer = nothing;

  constructor(limits: Partial<MimeLimits> = {}, chunks: Chunks = 'passing') {
    this.#chunks = chunks;
    this.#limits = { ...defaultLimits, ...limits };
    this.#headerRoom = this.#limits.maxAllHeaderBytes;
  }

  push(chunk: Buffer): MimeEvent[] {
    const buffer = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const used = this.#consume(buffer, 'continues');
    this.#rest = buffer.subarray(used);
    this.#offset += used;
    return this.#takeEvents();
  }

  /** The message is complete: ends every part that is still open. */
  end(): MimeEvent[] {
    this.#offset += this.#consume(this.#rest, 'ended');
    this.#rest = nothing;
    this.#end = this.#offset;
    while (this.#header !== undefined) this.#startPart(this.#header);
    this.#emitContent(this.#heldBreak);
    this.#endParts(0, undefined);
    return this.#takeEvents();
  }

  #takeEvents(): MimeEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Returns how many octets were used; the others have to come again with more behind them. */
  #consume(buffer: Buffer, input: 'continues' | 'ended'): number {
    let at = 0;
    while (at < buffer.length) {
      if (this.#position === 'inDelimiter') {
        const lineEnd = buffer.indexOf(lf, at);
        if (lineEnd === -1) return buffer.length;
        this.#position = 'lineStart';
        at = lineEnd + 1;
        continue;
      }
      if (this.#position === 'lineStart') {
        const match = matchBoundaryLine(buffer, at, this.#boundaryOctets, input);
        if (match.kind === 'undecided') return at;
        if (match.kind === 'delimiter') {
          this.#end = this.#offset + at - this.#heldBreak.length;
          const isCrossed = this.#crossBoundary(match.boundary, match.role, this.#offset + at);
          if (isCrossed) {
            this.#position = match.isWholeLine ? 'lineStart' : 'inDelimiter';
            at = match.next;
            continue;
          }
        }
      }
      const boundaries = this.#boundaryOctets;
      const end = this.#findTextEnd(buffer, at, input);
      if (end === at) return at;
      // Behind a header no line needs another look, unless it was the header that named a boundary.
      do {
        this.#position = buffer[end - 1] === lf ? 'lineStart' : 'inLine';
        at += this.#takeText(buffer.subarray(at, end), this.#offset + at);
      } while (at < end && this.#boundaryOctets === boundaries);
    }
    return at;
  }

  /** Up to the next line that is or may be a delimiter; lines in between need no look at all. */
  #findTextEnd(buffer: Buffer, start: number, input: 'continues' | 'ended'): number {
    const boundaries = this.#boundaryOctets;
    if (boundaries.length === 0) return buffer.length;
    let at = buffer.indexOf('\n--', start, 'latin1');
    while (at !== -1) {
      if (matchBoundaryLine(buffer, at + 1, boundaries, input).kind !== 'other') return at + 1;
      at = buffer.indexOf('\n--', at + 3, 'latin1');
    }
    if (input === 'ended') return buffer.length;
    const last = buffer.length - 1;
    const endsInCandidate = buffer[last] === dash && last > start && buffer[last - 1] === lf;
    return endsInCandidate || buffer[last] === cr ? last : buffer.length;
  }

  /** Returns how many octets were used: a header may end in the middle. */
  #takeText(text: Buffer, position: number): number {
    const header = this.#header;
    if (header === undefined) {
      this.#takeContent(text);
      return text.length;
    }
    header.start ??= position;
    const room = Math.min(this.#limits.maxHeaderBytes - header.size, this.#headerRoom);
    const found = header.finder.push(text);
    const used = found === undefined ? text.length : found - header.size;
    header.pieces.push(text.subarray(0, Math.min(used, room)));
    header.size += used;
    this.#headerRoom -= Math.min(used, room);
    if (used > room) {
      this.#position = 'inLine';
      header.size -= used - room;
      this.#startPart(header, 'headerBytes');
      return room;
    }
    if (found !== undefined) {
      this.#position = 'lineStart';
      this.#startPart(header);
    }
    return used;
  }

  #takeContent(text: Buffer): void {
    if (this.#boundaries.length === 0) {
      this.#emitContent(this.#heldBreak);
      this.#emitContent(text);
      this.#heldBreak = nothing;
      return;
    }
    const held = lineBreakAtEnd(text);
    this.#emitContent(this.#heldBreak);
    this.#emitContent(text.subarray(0, text.length - held.length));
    this.#heldBreak = held;
  }

  #emitContent(bytes: Buffer): void {
    const current = this.#stack.at(-1);
    if (bytes.length === 0 || current?.shape.kind !== 'leaf') return;
    this.#events.push({ kind: 'partContent', part: current.part, bytes });
  }

  /** False when the limit on parts makes the line content. */
  #crossBoundary(index: number, role: 'opens' | 'closes', lineStart: number): boolean {
    const level = this.#boundaries[index]?.level ?? 0;
    while (this.#header !== undefined) this.#startPart(this.#header);
    if (role === 'opens' && this.#partCount >= this.#limits.maxParts) {
      this.#reach('parts');
      this.#setBoundaries([]);
      return false;
    }
    this.#heldBreak = nothing;
    this.#endParts(level + 1, lineStart);
    if (role === 'opens') this.#openChild(lineStart);
    return true;
  }

  #openChild(delimiterStart: number | undefined): void {
    this.#partCount += 1;
    this.#header = openHeader(delimiterStart);
  }

  /** The header is complete, or as complete as it will be. */
  #startPart(header: OpenHeader, limit?: 'headerBytes'): void {
    this.#header = undefined;
    this.#heldBreak = nothing;
    const parent = this.#stack.at(-1);
    if (parent !== undefined) parent.childCount += 1;
    const headers = headerBlockOf(header, this.#chunks);
    // RFC 2046 s.5.1.5: digests have a default of their own.
    const isInDigest = parent?.part.contentType === 'multipart/digest';
    const facts = readPartFacts(headers, isInDigest ? 'message/rfc822' : 'text/plain');
    const depth = parent === undefined ? 0 : parent.part.depth + 1;
    const start = header.start ?? this.#end;
    const obstacle = limit ?? this.#obstacleToChildren(facts.shape, depth);
    const shape: PartShape = obstacle === undefined ? facts.shape : { kind: 'leaf' };
    const part: MimePart = {
      path: parent === undefined ? '1' : `${parent.part.path}.${parent.childCount}`,
      depth,
      headers,
      types: facts.types,
      contentType: facts.contentType,
      transferEncoding: facts.transferEncoding,
      fileNames: facts.fileNames,
      isContainer: shape.kind !== 'leaf',
      boundary: shape.kind === 'multipart' ? shape.boundary : undefined,
      delimiterStart: header.delimiterStart,
      start,
      contentStart: start + header.size,
    };
    this.#stack.push({ part, shape, childCount: 0 });
    this.#events.push({ kind: 'partStarted', part });
    if (obstacle !== undefined) this.#reach(obstacle);
    if (shape.kind === 'multipart') {
      const level = this.#stack.length - 1;
      this.#setBoundaries([...this.#boundaries, { level, octets: shape.boundary }]);
    }
    if (shape.kind === 'message') this.#openChild(undefined);
  }

  #obstacleToChildren(shape: PartShape, depth: number): MimeLimit | undefined {
    if (shape.kind === 'leaf') return undefined;
    if (depth >= this.#limits.maxDepth) return 'depth';
    return this.#partCount >= this.#limits.maxParts ? 'parts' : undefined;
  }

  #reach(limit: MimeLimit): void {
    if (this.#reached.has(limit)) return;
    this.#reached.add(limit);
    this.#events.push({ kind: 'limitReached', limit });
  }

  /** Ends the parts from the innermost out until `level` are left open; a boundary ends the last of them. */
  #endParts(level: number, lineStart: number | undefined): void {
    while (this.#stack.length > level) {
      const ended = this.#stack.pop();
      if (ended === undefined) break;
      const followedBy = this.#stack.length === level ? lineStart : undefined;
      this.#events.push({ kind: 'partEnded', part: ended.part, end: this.#end, followedBy });
    }
    this.#setBoundaries(this.#boundaries.filter((boundary) => boundary.level < level));
  }

  #setBoundaries(boundaries: readonly OpenBoundary[]): void {
    this.#boundaries = boundaries;
    this.#boundaryOctets = boundaries.map(({ octets }) => octets);
  }
}

function lineBreakAtEnd(text: Buffer): Buffer {
  if (text.at(-1) !== lf) return nothing;
  return text.at(-2) === cr ? crLf : lineFeed;
}
