// Owns how a message is remembered without keeping it: size, digests, header and the start of the body.
import { createHash } from 'node:crypto';

export interface MessageFingerprint {
  readonly octets: number;
  readonly sha256: string;
  /** With the blank line that ends it. */
  readonly header: Buffer;
  readonly bodySha256: string;
  /** The first octets of the body. */
  readonly bodyStart: Buffer;
}

const blankLine = Buffer.from('\r\n\r\n');
const maxHeaderOctets = 262_144;
const keptBodyOctets = 65_536;

/** Takes a message in pieces, in order. */
export class MessageFingerprinter {
  readonly #whole = createHash('sha256');
  readonly #body = createHash('sha256');
  #octets = 0;
  #header: Buffer = Buffer.alloc(0);
  #place: 'header' | 'body' = 'header';
  readonly #bodyStart: Buffer[] = [];
  #bodyOctets = 0;

  get octets(): number {
    return this.#octets;
  }

  update(piece: Buffer): void {
    this.#octets += piece.length;
    this.#whole.update(piece);
    if (this.#place === 'body') this.#takeBody(piece);
    else this.#takeHeader(piece);
  }

  finish(): MessageFingerprint {
    return {
      octets: this.#octets,
      sha256: this.#whole.digest('hex'),
      header: this.#header,
      bodySha256: this.#body.digest('hex'),
      bodyStart: Buffer.concat(this.#bodyStart),
    };
  }

  #takeHeader(piece: Buffer): void {
    const searchFrom = Math.max(0, this.#header.length - blankLine.length);
    const header = Buffer.concat([this.#header, piece]);
    const found = header.indexOf(blankLine, searchFrom);
    const end = found === -1 ? header.length : found + blankLine.length;
    if (found === -1 && end > maxHeaderOctets) {
      throw new RangeError(`no end of the header within ${maxHeaderOctets} octets`);
    }
    this.#header = Buffer.from(header.subarray(0, end));
    if (found === -1) return;
    this.#place = 'body';
    this.#takeBody(header.subarray(end));
  }

  #takeBody(piece: Buffer): void {
    this.#body.update(piece);
    const kept = piece.subarray(0, Math.max(0, keptBodyOctets - this.#bodyOctets));
    this.#bodyOctets += piece.length;
    // A copy, because a view would keep the whole network buffer alive.
    if (kept.length > 0) this.#bodyStart.push(Buffer.from(kept));
  }
}

export function fingerprint(message: Buffer): MessageFingerprint {
  const fingerprinter = new MessageFingerprinter();
  fingerprinter.update(message);
  return fingerprinter.finish();
}
