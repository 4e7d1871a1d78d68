// Owns messages that have arrived and lie in memory as a whole, as most do: walked once for all who read
// them, and read without waiting. What it tells is what a walk over the arriving octets tells.
import { GiveWay } from '../base/give-way.ts';
import { type MimeEvent, type MimePart, MimeWalker } from '../message/mime-walk.ts';
import { createTransferDecoder } from '../message/transfer-decoding.ts';
import type { MessagePart } from '../plugin-api/message-view.ts';

/** Work on more than that must give way to other sessions in between. */
export const wholeMaxOctets = 64 * 1024;

interface WholePart {
  readonly part: MimePart;
  /** Still transfer-encoded. */
  readonly pieces: readonly Buffer[];
}

export interface WholeMessage {
  readonly pieces: readonly Buffer[];
  readonly events: readonly MimeEvent[];
  readonly parts: readonly WholePart[];
}

/** Undefined for a message that the walk cannot see whole: whoever reads it has to come upon that. */
export function walkWhole(pieces: readonly Buffer[]): WholeMessage | undefined {
  const walker = new MimeWalker({}, 'kept');
  const events = pieces.flatMap((piece) => walker.push(piece));
  for (const event of walker.end()) events.push(event);
  const parts: { readonly part: MimePart; readonly pieces: Buffer[] }[] = [];
  for (const event of events) {
    if (event.kind === 'limitReached') return undefined;
    if (event.kind === 'partStarted') parts.push({ part: event.part, pieces: [] });
    // Only leaves have content, and a leaf is the last part that has started.
    if (event.kind === 'partContent') parts.at(-1)?.pieces.push(event.bytes);
  }
  return { pieces, events, parts };
}

/** Its parts in order, fairly towards other sessions; throws the reason of the signal once it has aborted. */
export async function* wholeParts(
  { parts }: WholeMessage,
  signal: Pick<AbortSignal, 'throwIfAborted'>,
): AsyncGenerator<MessagePart, void, void> {
  const loop = new GiveWay();
  for (const each of parts) {
    if (loop.isDue) await loop.giveWay();
    signal.throwIfAborted();
    const part = new ReadablePart(each, signal);
    try {
      yield part;
    } finally {
      part.pass();
    }
  }
}

const nothing: Buffer = Buffer.alloc(0);

class ReadablePart implements MessagePart {
  readonly path: string;
  readonly depth: number;
  readonly headers: MimePart['headers'];
  readonly contentType: string;
  readonly fileNames: readonly string[];
  readonly isContainer: boolean;
  readonly #transferEncoding: string | undefined;
  readonly #signal: Pick<AbortSignal, 'throwIfAborted'>;
  #encoded: readonly Buffer[];
  #decoded: Buffer | undefined;

  constructor({ part, pieces }: WholePart, signal: Pick<AbortSignal, 'throwIfAborted'>) {
    this.path = part.path;
    this.depth = part.depth;
    this.headers = part.headers;
    this.contentType = part.contentType;
    this.fileNames = part.fileNames;
    this.isContainer = part.isContainer;
    this.#transferEncoding = part.transferEncoding;
    this.#signal = signal;
    this.#encoded = pieces;
  }

  async head(maxBytes: number): Promise<Buffer> {
    return this.#decode().subarray(0, maxBytes);
  }

  async *content(): AsyncGenerator<Buffer, void, void> {
    const octets = this.#decode();
    this.pass();
    this.#decoded = nothing;
    if (octets.length > 0) yield octets;
  }

  /** What has not been asked for by now is not wanted. */
  pass(): void {
    this.#encoded = [];
  }

  #decode(): Buffer {
    this.#signal.throwIfAborted();
    if (this.#decoded === undefined) {
      const decoder = createTransferDecoder(this.#transferEncoding);
      const pieces = this.#encoded.map((piece) => decoder.push(piece));
      pieces.push(decoder.end());
      this.#decoded = joined(pieces.filter(({ length }) => length > 0));
    }
    return this.#decoded;
  }
}

function joined(pieces: readonly Buffer[]): Buffer {
  const [first = nothing, second] = pieces;
  return second === undefined ? first : Buffer.concat(pieces);
}
