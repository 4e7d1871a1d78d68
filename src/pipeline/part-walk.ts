// Owns the pull side of the MIME walk: parts one after another, content only where it is asked for.
import { type MimeEvent, type MimePart, MimeWalker } from '../message/mime-walk.ts';
import { tooComplex } from '../message/too-complex.ts';
import { createTransferDecoder } from '../message/transfer-decoding.ts';
import type { MessagePart } from '../plugin-api/message-view.ts';
import { PartContent } from './part-content.ts';

/** Walks the parts of a message in order; content that nobody reads is passed over undecoded. */
export async function* walkParts(
  pieces: AsyncIterable<Buffer>,
): AsyncGenerator<MessagePart, void, void> {
  const events = new EventReader(pieces);
  try {
    for (let event = await events.next(); event !== undefined; event = await events.next()) {
      if (event.kind === 'partStarted') yield new WalkedPart(event.part, events);
      if (event.kind === 'limitReached') throw tooComplex(event.limit);
    }
  } finally {
    await events.close();
  }
}

class EventReader {
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #walker = new MimeWalker();
  #events: MimeEvent[] = [];
  #at = 0;
  #isEnded = false;

  constructor(pieces: AsyncIterable<Buffer>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  async next(): Promise<MimeEvent | undefined> {
    const event = await this.peek();
    this.#at += 1;
    return event;
  }

  async peek(): Promise<MimeEvent | undefined> {
    while (this.#at >= this.#events.length && !this.#isEnded) {
      const piece = await this.#pieces.next();
      this.#isEnded = piece.done === true;
      this.#events = piece.done === true ? this.#walker.end() : this.#walker.push(piece.value);
      this.#at = 0;
    }
    return this.#events[this.#at];
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}

class WalkedPart implements MessagePart {
  readonly path: string;
  readonly depth: number;
  readonly headers: MimePart['headers'];
  readonly contentType: string;
  readonly fileNames: readonly string[];
  readonly isContainer: boolean;
  readonly #part: MimePart;
  readonly #events: EventReader;
  readonly #content: PartContent;

  constructor(part: MimePart, events: EventReader) {
    this.path = part.path;
    this.depth = part.depth;
    this.headers = part.headers;
    this.contentType = part.contentType;
    this.fileNames = part.fileNames;
    this.isContainer = part.isContainer;
    this.#part = part;
    this.#events = events;
    this.#content = new PartContent(this.#decode());
  }

  head(maxBytes: number): Promise<Buffer> {
    return this.#content.head(maxBytes);
  }

  content(): AsyncIterable<Buffer> {
    return this.#content.content();
  }

  async *#decode(): AsyncGenerator<Buffer, void, void> {
    if (this.isContainer) return;
    const decoder = createTransferDecoder(this.#part.transferEncoding);
    for (;;) {
      const event = await this.#events.peek();
      if (event === undefined || event.kind === 'partEnded' || event.kind === 'partStarted') break;
      // Left for the walk to see: from here on, parts may be missed.
      if (event.kind === 'limitReached') throw tooComplex(event.limit);
      await this.#events.next();
      if (event.kind === 'partContent') {
        const piece = decoder.push(event.bytes);
        if (piece.length > 0) yield piece;
      }
    }
    const rest = decoder.end();
    if (rest.length > 0) yield rest;
  }
}
