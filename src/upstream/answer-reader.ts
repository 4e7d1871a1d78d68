// Owns to which question each octet of an upstream is the answer. Every octet belongs to an outstanding
// question; a surplus is a violation, because a reply that comes before its question can be forged.
// Pure: octets in, answers out; no socket, no clock.
import type { AppError } from '../base/errors.ts';
import { upstreamLineMaxOctets } from '../pop3/limits.ts';
import { LineReader } from '../pop3/line-reader.ts';
import { parseReply, type Reply } from '../pop3/reply.ts';
import {
  ContentFraming,
  type ContentSink,
  type Framing,
  type Sink,
  WireFraming,
  type WireSink,
} from './content-framing.ts';
import { protocolViolation } from './failure.ts';
import type { Answer } from './step.ts';

/** What kind of answer a question has. */
export type Expected =
  | { readonly kind: 'reply' }
  /** A reply, or a SASL challenge. */
  | { readonly kind: 'sasl' }
  /** Lines of a listing, each shown to `take` where it lies, without its end. */
  | {
      readonly kind: 'lines';
      readonly maxLines: number;
      take(octets: Buffer, start: number, end: number): void;
    }
  /** A message, handed on. */
  | { readonly kind: 'content'; readonly sink: ContentSink }
  /** A message, handed on in the form of the wire. */
  | { readonly kind: 'wire'; readonly sink: WireSink };

/** Whichever comes is called once. */
export interface Question {
  readonly expected: Expected;
  answered(answer: Answer): void;
  failed(error: AppError): void;
}

/** How far the oldest question has been answered. */
type Progress =
  | { readonly kind: 'untouched' }
  | { readonly kind: 'listing'; readonly status: Reply; count: number }
  | { readonly kind: 'content'; readonly status: Reply; readonly framing: Framing };

const untouched: Progress = { kind: 'untouched' };
const noLines: readonly Buffer[] = [];

const noReply: Reply = { isOk: false, code: undefined, text: '' };
const dot = 0x2e;
const plus = 0x2b;
const space = 0x20;

export class AnswerReader {
  readonly #reader = new LineReader(upstreamLineMaxOctets);
  /** Oldest first. */
  readonly #asked: Question[] = [];
  readonly #onFull: (sink: Sink) => void;
  #progress: Progress = untouched;

  /** `onFull` is called when a sink takes no more for now. */
  constructor(onFull: (sink: Sink) => void) {
    this.#onFull = onFull;
  }

  get isExpecting(): boolean {
    return this.#asked.length > 0;
  }

  /** Octets that wait for the rest of their line. */
  get pendingOctets(): number {
    return this.#reader.pendingOctets;
  }

  expect(question: Question): void {
    this.#asked.push(question);
  }

  /** Answers as many questions as the octets allow. Throws UPSTREAM_PROTOCOL. */
  push(chunk: Buffer): void {
    if (this.#progress.kind === 'content' && this.#reader.pendingOctets === 0) {
      const used = this.#takeContent(chunk);
      if (used === chunk.length) return;
      this.#reader.push(chunk.subarray(used));
    } else {
      this.#reader.push(chunk);
    }
    while (this.#answerOne());
    if (!this.isExpecting && this.#reader.pendingOctets > 0)
      throw protocolViolation('unasked data');
  }

  rejectAll(reason: AppError): void {
    for (const question of this.#asked.splice(0)) question.failed(reason);
  }

  /** True when there may be more to do with the octets at hand. */
  #answerOne(): boolean {
    const question = this.#asked[0];
    if (question === undefined) return false;
    if (this.#progress.kind === 'content') {
      const pending = this.#reader.takePending();
      const used = this.#takeContent(pending);
      if (used < pending.length) this.#reader.push(pending.subarray(used));
      return this.#progress.kind !== 'content';
    }
    if (!this.#maybeNextLine()) return false;
    if (this.#progress.kind === 'listing') this.#takeListed(question.expected, this.#progress);
    else this.#takeStatus(question.expected);
    return true;
  }

  /** The reader does not know whose line it is that has no end. */
  #maybeNextLine(): boolean {
    try {
      return this.#reader.maybeNextLine();
    } catch {
      throw protocolViolation('line too long');
    }
  }

  #takeStatus(expected: Expected): void {
    const { octets, lineStart, lineEnd } = this.#reader;
    const line = octets.subarray(lineStart, lineEnd);
    if (expected.kind === 'sasl' && isChallenge(line)) {
      this.#settle({ reply: noReply, lines: [line.subarray(1)], isChallenge: true });
      return;
    }
    const status = parseReply(line);
    if (status.isOk && expected.kind === 'lines') {
      this.#progress = { kind: 'listing', status, count: 0 };
    } else if (status.isOk && expected.kind === 'content') {
      this.#progress = { kind: 'content', status, framing: new ContentFraming(expected.sink) };
    } else if (status.isOk && expected.kind === 'wire') {
      this.#progress = { kind: 'content', status, framing: new WireFraming(expected.sink) };
    } else {
      this.#settle({ reply: status, lines: noLines, isChallenge: false });
    }
  }

  #takeListed(expected: Expected, listing: Extract<Progress, { kind: 'listing' }>): void {
    const { octets, lineStart, lineEnd } = this.#reader;
    const startsWithDot = lineStart < lineEnd && octets[lineStart] === dot;
    if (startsWithDot && lineEnd === lineStart + 1) {
      this.#settle({ reply: listing.status, lines: noLines, isChallenge: false });
      return;
    }
    if (expected.kind !== 'lines') return;
    if (listing.count >= expected.maxLines) throw protocolViolation('too many lines');
    listing.count += 1;
    expected.take(octets, startsWithDot ? lineStart + 1 : lineStart, lineEnd);
  }

  /** Hands content on; returns how many octets belonged to it. */
  #takeContent(chunk: Buffer): number {
    const progress = this.#progress;
    if (progress.kind !== 'content') return 0;
    const { framing, status } = progress;
    const used = framing.push(chunk);
    if (framing.isEnded) this.#settle({ reply: status, lines: noLines, isChallenge: false });
    else if (!framing.wantsMore) this.#onFull(framing.sink);
    return used;
  }

  #settle(answer: Answer): void {
    this.#progress = untouched;
    this.#asked.shift()?.answered(answer);
  }
}

/** A plus alone, or one before a blank. */
function isChallenge(line: Buffer): boolean {
  return line[0] === plus && (line.length === 1 || line[1] === space);
}
