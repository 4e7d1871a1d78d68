// Owns what can be read of the octets of one message: header, MIME parts, other readings of both.
import { AppError } from '../base/errors.ts';
import { HeaderBlock, HeaderEndFinder } from '../message/header-block.ts';
import type { MessageFacts, MessageView } from '../plugin-api/message-view.ts';
import { abortable } from './abortable.ts';
import type { MessageOctets } from './message-octets.ts';
import { OtherReadings } from './other-readings.ts';
import { walkParts } from './part-walk.ts';

/** A header block longer than this is no header but an attack on whoever parses it. */
export const headerMaxBytes = 1024 * 1024;

export class MessageContent {
  readonly octets: MessageOctets;
  readonly otherReadings: OtherReadings;
  #header: Promise<HeaderBlock> | undefined;

  constructor(octets: MessageOctets) {
    this.octets = octets;
    this.otherReadings = new OtherReadings(octets);
  }

  /** The header block, once for all plugins. Rejects with MESSAGE_HEADER_TOO_LARGE. */
  header(): Promise<HeaderBlock> {
    if (this.#header === undefined) {
      this.#header = readHeader(this.octets);
      this.#header.catch(() => {});
    }
    return this.#header;
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
    parts: () => walkParts(bytes()),
    otherReadings: () => content().otherReadings.parts(signal),
    ambiguities: () => content().otherReadings.ambiguities(signal),
    async size() {
      const { octets } = content();
      await octets.until(Number.POSITIVE_INFINITY);
      return octets.octets;
    },
  };
}

async function readHeader(octets: MessageOctets): Promise<HeaderBlock> {
  const finder = new HeaderEndFinder();
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of octets.read()) {
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
