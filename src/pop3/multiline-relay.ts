// Owns a multi-line response that is passed on as it stands on the wire: its end is found, and what
// MultilineEncoder would write is written, but octets that need neither are not taken apart.
import { MultilineDecoder, MultilineEncoder } from './multiline.ts';

/** Takes octets for the wire; `contentOctets` counts what they stand for, without dot-stuffing. */
export type EmitWire = (wire: Buffer, contentOctets: number) => void;

export class MultilineRelay {
  readonly #decoder = new MultilineDecoder();
  readonly #encoder = new MultilineEncoder();

  get isEnded(): boolean {
    return this.#decoder.isEnded;
  }

  /** As MultilineDecoder.push, for octets of the wire; the terminator is emitted with no content. */
  push(chunk: Buffer, emit: EmitWire): number {
    if (this.isEnded) return 0;
    const used = this.#decoder.push(chunk, (content, form) => {
      let contentOctets = content.length;
      for (const wire of this.#encoder.encode(content, form)) {
        emit(wire, contentOctets);
        contentOctets = 0;
      }
    });
    if (this.#decoder.isEnded) emit(this.#encoder.end(), 0);
    return used;
  }
}
