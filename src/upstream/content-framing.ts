// Owns who gets the octets of a message that an upstream sends, in which form, and where it ends.
import { MultilineDecoder } from '../pop3/multiline.ts';
import { type EmitWire, MultilineRelay } from '../pop3/multiline-relay.ts';

/** Says when it has room again. */
export interface Sink {
  onDrain(resume: () => void): void;
}

/** Takes the content of a multi-line response. `write` returns false to be left alone until `onDrain`. */
export interface ContentSink extends Sink {
  write(content: Buffer): boolean;
}

/** The same for octets as they go on the wire, the terminator included; see MultilineRelay. */
export interface WireSink extends Sink {
  write(wire: Buffer, contentOctets: number): boolean;
}

/** Gives octets to the sink until the terminator. */
export interface Framing {
  readonly sink: Sink;
  readonly isEnded: boolean;
  /** False when the sink wants to be left alone. */
  readonly wantsMore: boolean;
  /** Returns how many octets belonged to the response. */
  push(chunk: Buffer): number;
}

export class ContentFraming implements Framing {
  readonly sink: ContentSink;
  readonly #decoder = new MultilineDecoder();
  wantsMore = true;
  readonly #emit = (content: Buffer): void => {
    if (!this.sink.write(content)) this.wantsMore = false;
  };

  constructor(sink: ContentSink) {
    this.sink = sink;
  }

  get isEnded(): boolean {
    return this.#decoder.isEnded;
  }

  push(chunk: Buffer): number {
    this.wantsMore = true;
    return this.#decoder.push(chunk, this.#emit);
  }
}

export class WireFraming implements Framing {
  readonly sink: WireSink;
  readonly #relay = new MultilineRelay();
  wantsMore = true;
  readonly #emit: EmitWire = (wire, contentOctets) => {
    if (!this.sink.write(wire, contentOctets)) this.wantsMore = false;
  };

  constructor(sink: WireSink) {
    this.sink = sink;
  }

  get isEnded(): boolean {
    return this.#relay.isEnded;
  }

  push(chunk: Buffer): number {
    this.wantsMore = true;
    return this.#relay.push(chunk, this.#emit);
  }
}
