// Owns what can be read of the octets of one message: header, MIME parts, other readings of both.
import { AppError } from '../base/errors.ts';
import { HeaderBlock, HeaderEndFinder } from '../message/header-block.ts';
import type { MessageFacts, MessagePart, MessageView } from '../plugin-api/message-view.ts';
import { abortable } from './abortable.ts';
import type { MessageOctets } from './message-octets.ts';
import { OtherReadings } from './other-readings.ts';
import { walkParts } from './part-walk.ts';
import { type WholeMessage, walkWhole, wholeMaxOctets, wholeParts } from './whole-message.ts';

/** A header block longer than this is no header but an attack on whoever parses it. */
export const headerMaxBytes = 1024 * 1024;

export class MessageContent {
  readonly octets: MessageOctets;
  readonly otherReadings: OtherReadings;
  #header: Promise<HeaderBlock> | undefined;
  #walked: WholeMessage | 'unseen' | undefined;

  constructor(octets: MessageOctets) {
    this.octets = octets;
    this.otherReadings = new OtherReadings(octets, () => this.whole());
  }

  /** The header block, once for all plugins. Rejects with MESSAGE_HEADER_TOO_LARGE. */
  header(): Promise<HeaderBlock> {
    if (this.#header === undefined) {
      this.#header = readHeader(this.octets, this.#walked);
      this.#header.catch(() => {});
    }
    return this.#header;
  }

  /** The walk over a message that is there and small; undefined for any other. */
  whole(): WholeMessage | undefined {
    const { whole, octets } = this.octets;
    if (whole === undefined || octets > wholeMaxOctets) return undefined;
    this.#walked ??= walkWhole(whole) ?? 'unseen';
    return this.#walked === 'unseen' ? undefined : this.#walked;
  }
}

/** A face for one plugin, under its signal: each call is about the content of that moment. */
export function viewOf(
  facts: MessageFacts,
  content: () => MessageContent,
  signal: AbortSignal,
): MessageView {
  const bytes = (): AsyncIterable<Buffer> => abortable(content().octets.read(), signal);
  return {
    ...facts,
    signal,
    headers: () => content().header(),
    bytes,
    parts: () => partsOf(content(), bytes, signal),
    otherReadings: () => content().otherReadings.parts(signal),
    ambiguities: () => content().otherReadings.ambiguities(signal),
    async size() {
      const { octets } = content();
      await octets.until(Number.POSITIVE_INFINITY);
      return octets.octets;
    },
  };
}

function partsOf(
  content: MessageContent,
  bytes: () => AsyncIterable<Buffer>,
  signal: AbortSignal,
): AsyncIterable<MessagePart> {
  const whole = content.whole();
  return whole === undefined ? walkParts(bytes()) : wholeParts(whole, signal);
}

async function readHeader(
  octets: MessageOctets,
  walked: WholeMessage | 'unseen' | undefined,
): Promise<HeaderBlock> {
  const root = walked === 'unseen' ? undefined : walked?.parts[0];
  if (root !== undefined) return root.part.headers;
  const finder = new HeaderEndFinder();
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of octets.whole ?? octets.read()) {
    pieces.push(piece);
    length += piece.length;
    const end = finder.push(piece);
    if ((end ?? length) > headerMaxBytes) {
      throw new AppError('MESSAGE_HEADER_TOO_LARGE', {
        fault: 'upstream',
        publicText: 'the header of the message is too large',
        responseCode: 'SYS/PERM',
      });
    }
    if (end !== undefined) return new HeaderBlock(joined(pieces).subarray(0, end));
  }
  return new HeaderBlock(joined(pieces));
}

/** Most headers lie in the first piece: no copy then. */
function joined(pieces: readonly Buffer[]): Buffer {
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
}
