// Owns what can be read of the octets of one message: header, MIME parts, other readings of both.
import { AppError } from '../base/errors.ts';
import { HeaderBlock, HeaderEndFinder } from '../message/header-block.ts';
import type { MessageFacts, MessageView } from '../plugin-api/message-view.ts';
import { abortable } from './abortable.ts';
import { type Wanted, wantedUntil } from './interest.ts';
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
      const root = this.#walked === 'unseen' ? undefined : this.#walked?.parts[0];
      if (root !== undefined) {
        this.#header = Promise.resolve(root.part.headers);
      } else {
        this.#header = readHeader(this.octets);
        this.#header.catch(() => {});
      }
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
  return new ContentView(facts, content, wantedUntil(signal));
}

/** The signal is a getter, so that it is made only for a plugin that asks for it. */
export class ContentView implements MessageView {
  readonly session: MessageFacts['session'];
  readonly account: MessageFacts['account'];
  readonly number: number;
  readonly uidl: string | undefined;
  readonly listedOctets: number;
  readonly #content: () => MessageContent;
  readonly #wanted: Wanted;

  constructor(facts: MessageFacts, content: () => MessageContent, wanted: Wanted) {
    this.session = facts.session;
    this.account = facts.account;
    this.number = facts.number;
    this.uidl = facts.uidl;
    this.listedOctets = facts.listedOctets;
    this.#content = content;
    this.#wanted = wanted;
  }

  get signal(): AbortSignal {
    return this.#wanted.signal;
  }

  // Functions rather than methods, since plugins take views apart.
  readonly headers = () => this.#content().header();
  readonly bytes = () => abortable(this.#content().octets.read(), this.#wanted);
  readonly parts = () => {
    const whole = this.#content().whole();
    return whole === undefined ? walkParts(this.bytes()) : wholeParts(whole, this.#wanted);
  };
  readonly otherReadings = () => this.#content().otherReadings.parts(this.#wanted);
  readonly ambiguities = () => this.#content().otherReadings.ambiguities(this.#wanted);
  readonly size = async () => {
    const { octets } = this.#content();
    await octets.until(Number.POSITIVE_INFINITY);
    return octets.octets;
  };
}

async function readHeader(octets: MessageOctets): Promise<HeaderBlock> {
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
