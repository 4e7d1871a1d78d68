// Owns the view that plugins have of one message while it arrives: header, octets, MIME parts.
import { AppError } from '../base/errors.ts';
import { HeaderBlock, HeaderEndFinder } from '../message/header-block.ts';
import type { MessageFacts, MessageView } from '../plugin-api/context.ts';
import { walkParts } from './part-walk.ts';
import type { Spool } from './spool.ts';

/** A header block longer than this is no header but an attack on whoever parses it. */
export const headerMaxBytes = 1024 * 1024;

export class ArrivingMessage {
  readonly facts: MessageFacts;
  readonly spool: Spool;
  #header: Promise<HeaderBlock> | undefined;

  constructor(facts: MessageFacts, spool: Spool) {
    this.facts = facts;
    this.spool = spool;
  }

  /** The header block, once for all plugins. Rejects with MESSAGE_HEADER_TOO_LARGE. */
  header(): Promise<HeaderBlock> {
    if (this.#header === undefined) {
      this.#header = readHeader(this.spool);
      this.#header.catch(() => {});
    }
    return this.#header;
  }

  /** The face of the message for one plugin, under that plugin's signal. */
  viewFor(signal: AbortSignal): MessageView {
    const { spool } = this;
    const header = (): Promise<HeaderBlock> => this.header();
    return {
      ...this.facts,
      signal,
      headers: header,
      bytes: () => abortable(spool.read(), signal),
      parts: () => walkParts(abortable(spool.read(), signal)),
      async size() {
        await spool.until(Number.POSITIVE_INFINITY);
        return spool.octets;
      },
    };
  }
}

async function readHeader(spool: Spool): Promise<HeaderBlock> {
  const finder = new HeaderEndFinder();
  const pieces: Buffer[] = [];
  let octets = 0;
  for await (const piece of spool.read()) {
    pieces.push(piece);
    octets += piece.length;
    const end = finder.push(piece);
    if ((end ?? octets) > headerMaxBytes) {
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

async function* abortable(
  pieces: AsyncIterable<Buffer>,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, void> {
  for await (const piece of pieces) {
    signal.throwIfAborted();
    yield piece;
  }
}
