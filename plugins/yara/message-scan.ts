// Owns which contents of a message are scanned: the message as it is, and each part decoded, also as other
// programs would read it. Holds one content at a time, of a bounded size.
import type { MessagePart, MessageView } from '#plugin-api';
import { type PlainWord, wordOf } from './rule-word.ts';
import type { ScanSession } from './scanner.ts';
import type { Match } from './scanning.ts';

/** Where something was found or left out. */
export interface Place {
  /** Undefined for the message as it is. */
  readonly path: string | undefined;
  readonly fileName: string | undefined;
  readonly text: string;
}

export interface FoundMatch {
  readonly match: Match;
  readonly place: Place;
}

export interface MessageScan {
  readonly found: readonly FoundMatch[];
  /** What nobody has looked at, or been told of, and why; the first of all. */
  readonly gap: { readonly reason: string; readonly place: Place } | undefined;
}

export interface MessageScanLimits {
  /** Of one content. */
  readonly maxBytes: number;
  /** Of all contents of one message together. */
  readonly timeoutMs: number;
  /** For rules that say nothing. */
  readonly verdict: PlainWord;
}

// A message with more is made to keep the scanner busy.
const maxParts = 200;
const maxFound = 1000;
const longestType = 100;
const wholeMessage: Place = { path: undefined, fileName: undefined, text: 'the message as it is' };

/** Rejects when the thread dies, when the signal aborts, and for a message that cannot be read. */
export async function scanMessage(
  message: MessageView,
  session: ScanSession,
  limits: MessageScanLimits,
  nowMs: () => number,
): Promise<MessageScan> {
  return await new Run(message, session, limits, nowMs).run();
}

class Run {
  readonly #message: MessageView;
  readonly #session: ScanSession;
  readonly #limits: MessageScanLimits;
  readonly #nowMs: () => number;
  readonly #endMs: number;
  readonly #found: FoundMatch[] = [];
  #gap: MessageScan['gap'];
  /** Rules that do not block, which need to be found in one place only. */
  readonly #known = new Set<string>();
  #parts = 0;

  constructor(
    message: MessageView,
    session: ScanSession,
    limits: MessageScanLimits,
    nowMs: () => number,
  ) {
    this.#message = message;
    this.#session = session;
    this.#limits = limits;
    this.#nowMs = nowMs;
    this.#endMs = nowMs() + limits.timeoutMs;
  }

  async run(): Promise<MessageScan> {
    const message = this.#message;
    let end = await this.#scan(message.bytes(), wholeMessage);
    if (end === 'goes on') end = await this.#scanParts(message.parts(), '');
    if (end === 'goes on') {
      await this.#scanParts(message.otherReadings(), ', as some programs read it');
    }
    return { found: this.#found, gap: this.#gap };
  }

  async #scanParts(
    parts: AsyncIterable<MessagePart>,
    reading: string,
  ): Promise<'over' | 'goes on'> {
    for await (const part of parts) {
      // Of nothing the scan of the whole message is enough.
      if (part.isContainer || (await part.head(1)).length === 0) continue;
      const place = placeOf(part, reading);
      this.#parts += 1;
      if (this.#parts > maxParts) {
        this.#gap ??= { reason: `it has more than ${maxParts} parts`, place };
        return 'over';
      }
      if ((await this.#scan(part.content(), place)) === 'over') return 'over';
    }
    return 'goes on';
  }

  async #scan(content: AsyncIterable<Buffer>, place: Place): Promise<'over' | 'goes on'> {
    const octets = await collect(content, this.#limits.maxBytes);
    if (octets === undefined) {
      this.#gap ??= { reason: `larger than ${this.#limits.maxBytes} octets`, place };
      return 'goes on';
    }
    const leftMs = this.#endMs - this.#nowMs();
    const result = leftMs > 0 ? await this.#session.scan(octets, leftMs) : slow;
    if (result.kind === 'tooSlow') {
      this.#gap ??= { reason: `the rules took more than ${this.#limits.timeoutMs} ms`, place };
      return 'over';
    }
    for (const match of result.matches) this.#note(match, place);
    if (result.untold > 0) this.#gap ??= { reason: tooManyMatches, place };
    return 'goes on';
  }

  /** Never leaves out a match in silence: it may be the one that blocks, or a part that has to go. */
  #note(match: Match, place: Place): void {
    if (wordOf(match, this.#limits.verdict).kind !== 'block') {
      const key = `${match.file}\0${match.rule}`;
      if (this.#known.has(key)) return;
      this.#known.add(key);
    }
    if (this.#found.length < maxFound) this.#found.push({ match, place });
    else this.#gap ??= { reason: tooManyMatches, place };
  }
}

const slow = { kind: 'tooSlow' } as const;
const tooManyMatches = 'more rules match than can be told';

/** In memory of its own, which can be given away. Undefined when there is more. */
async function collect(
  content: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const pieces: Buffer[] = [];
  let octets = 0;
  for await (const piece of content) {
    octets += piece.length;
    if (octets > maxBytes) return undefined;
    pieces.push(piece);
  }
  const whole = new Uint8Array(octets);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function placeOf(part: MessagePart, reading: string): Place {
  const type = part.contentType.replaceAll(/[^\x21-\x7e]/g, '?').slice(0, longestType);
  return {
    path: part.path,
    fileName: part.fileNames[0],
    text: `part ${part.path} (${type})${reading}`,
  };
}
