// Owns the scan of one message on one clamd: first as it is, then what other programs would make of
// it. What clamd reads differently from the client is thus shown to it decoded.
import type { MessagePart, MessageView } from '#plugin-api';
import { LetterTexts } from './letter-texts.ts';
import type { NotScannedReason, ScanFailure, ScanResult, ScanSettings } from './scan.ts';
import { scanContent } from './scan.ts';
import type { ClamdServer } from './server.ts';

/** Where in the message something was found. */
export interface Place {
  /** As the sender wrote it; undefined for a part without a name. */
  readonly fileName: string | undefined;
  readonly evidence: string;
}

export type MessageScan =
  | { readonly kind: 'clean' }
  | { readonly kind: 'infected'; readonly signature: string; readonly place: Place | undefined }
  | {
      readonly kind: 'notScanned';
      readonly reason: NotScannedReason;
      readonly place: Place | undefined;
    }
  | ScanFailure;

export interface MessageScanOptions {
  readonly scanParts: 'all' | 'ambiguous';
  readonly scanTimeoutMs: number;
}

// Each is a connection of its own; a message with more is made to keep scanners busy.
const maxParts = 500;
const longestType = 100;

/** Rejects when the message's signal aborts, and with the error of a message that cannot be read. */
export async function scanMessage(
  server: ClamdServer,
  message: MessageView,
  options: MessageScanOptions,
): Promise<MessageScan> {
  const scan = new MessageScanRun(server, message, options);
  return await scan.run();
}

class MessageScanRun {
  readonly #server: ClamdServer;
  readonly #message: MessageView;
  readonly #options: MessageScanOptions;
  #parts = 0;
  /** What may still be sent of parts. */
  #octets: number;
  /** The first gap; a virus that is found beside it counts for more. */
  #gap: MessageScan | undefined;

  constructor(server: ClamdServer, message: MessageView, options: MessageScanOptions) {
    this.#server = server;
    this.#message = message;
    this.#options = options;
    this.#octets = server.limits.maxPartsBytes;
  }

  async run(): Promise<MessageScan> {
    const message = this.#message;
    // Also an empty message: clamd says OK to it, and nothing ever passes on our word alone.
    const whole = await this.#scan(message.bytes(), 'arriving', this.#server.limits.maxBytes);
    const end =
      this.#take(whole, undefined) ??
      (await this.#scanParts(message.otherReadings(), 'as some programs read it')) ??
      (this.#options.scanParts === 'all'
        ? await this.#scanParts(whole.kind === 'clean' ? partsNotSeen(message) : message.parts())
        : undefined);
    return end ?? this.#gap ?? { kind: 'clean' };
  }

  async #scanParts(
    parts: AsyncIterable<MessagePart>,
    reading?: string,
  ): Promise<MessageScan | undefined> {
    for await (const part of parts) {
      // Of nothing the scan of the whole message is enough.
      if (part.isContainer || (await part.head(1)).length === 0) continue;
      const place = placeOf(part, reading);
      if (this.#parts >= maxParts || this.#octets <= 0) {
        return (
          this.#take({ kind: 'notScanned', reason: { kind: 'tooManyParts' } }, place) ?? this.#gap
        );
      }
      this.#parts += 1;
      const maxBytes = Math.min(this.#server.limits.maxBytes, this.#octets);
      const result = await this.#scan(this.#spend(part.content()), 'stored', maxBytes);
      const end = this.#take(result, place);
      if (end !== undefined) return end;
    }
    return undefined;
  }

  /** What ends the scan of the message; a gap does not, for there may be a virus behind it. */
  #take(result: ScanResult, place: Place | undefined): MessageScan | undefined {
    switch (result.kind) {
      case 'clean':
        return undefined;
      case 'failed':
        return result;
      case 'infected':
        return { ...result, place };
      case 'notScanned':
        this.#gap ??= { ...result, place };
        return undefined;
    }
  }

  async #scan(
    content: AsyncIterable<Buffer>,
    source: ScanSettings['source'],
    maxBytes: number,
  ): Promise<ScanResult> {
    const { signal } = this.#message;
    const timeoutMs = this.#options.scanTimeoutMs;
    return await scanContent(this.#server, content, { source, timeoutMs, maxBytes, signal });
  }

  async *#spend(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
    for await (const piece of content) {
      this.#octets -= piece.length;
      yield piece;
    }
  }
}

/** Those of a message that clamd called clean and in which it may have missed them. */
async function* partsNotSeen(message: MessageView): AsyncGenerator<MessagePart, void, void> {
  const texts = new LetterTexts(message);
  for await (const part of message.parts()) {
    if (!(await texts.include(part))) yield part;
  }
}

function placeOf(part: MessagePart, reading: string | undefined): Place {
  const type = part.contentType.replaceAll(/[^\x21-\x7e]/g, '?').slice(0, longestType);
  const where = `part ${part.path} (${type})`;
  return {
    fileName: part.fileNames[0],
    evidence: reading === undefined ? where : `${where}, ${reading}`,
  };
}
