// Owns which octets of one text are kept: its beginning and its end. It decodes transfer encodings only.
import { createTransferDecoder, type TransferDecoder } from '#plugin-api';

export interface WindowLimits {
  /** Decoded octets kept from the beginning. */
  readonly headOctets: number;
  /** Decoded octets kept from the end. */
  readonly tailOctets: number;
  /** Encoded octets that are decoded; what follows is not looked at. */
  readonly maxEncodedOctets: number;
}

/** The same windows, however the octets come in. */
export class TextWindow {
  readonly #limits: WindowLimits;
  readonly #decoder: TransferDecoder;
  readonly #head: Buffer[] = [];
  #headRoom: number;
  #tail: Buffer = Buffer.alloc(0);
  #encodedRoom: number;
  /** Decoded octets behind the head. */
  #behind = 0;

  constructor(encoding: string | undefined, limits: WindowLimits) {
    this.#limits = limits;
    this.#decoder = createTransferDecoder(encoding);
    this.#headRoom = limits.headOctets;
    this.#encodedRoom = limits.maxEncodedOctets;
  }

  push(octets: Buffer): void {
    if (this.#encodedRoom === 0) return;
    const used = octets.subarray(0, this.#encodedRoom);
    this.#encodedRoom -= used.length;
    this.#take(this.#decoder.push(used));
  }

  end(): { readonly head: Buffer; readonly tail: Buffer; readonly octets: number } {
    this.#take(this.#decoder.end());
    const [first, second] = this.#head;
    const isOnePiece = first !== undefined && second === undefined;
    const head = isOnePiece ? first : Buffer.concat(this.#head);
    const tail = this.#tail.subarray(Math.max(0, this.#tail.length - this.#limits.tailOctets));
    return { head, tail, octets: head.length + this.#behind };
  }

  #take(decoded: Buffer): void {
    const forHead = decoded.subarray(0, this.#headRoom);
    if (forHead.length > 0) {
      this.#head.push(forHead);
      this.#headRoom -= forHead.length;
    }
    const rest = decoded.subarray(forHead.length);
    if (rest.length === 0) return;
    this.#behind += rest.length;
    const { tailOctets } = this.#limits;
    const last = rest.subarray(Math.max(0, rest.length - tailOctets));
    if (last.length === tailOctets) {
      this.#tail = last;
      return;
    }
    this.#tail = Buffer.concat([this.#tail, last]);
    // Cut only now and then: small chunks would have the whole tail copied for each.
    if (this.#tail.length > 4 * tailOctets) {
      this.#tail = this.#tail.subarray(this.#tail.length - tailOctets);
    }
  }
}
