// Owns taking the content out of an opaque signature (RFC 5652 s.5): the octets that a reader of S/MIME
// shows. It verifies nothing, and is lax: what is damaged or cut gives what came before.
import type { TransferDecoder } from '../transfer-decoding.ts';

const nothing: Buffer = Buffer.alloc(0);
const octetString = 0x04;
const constructedOctetString = 0x24;
const endOfContents = 0x00;
const constructed = 0x20;
// X.690 s.8.1.3: a length may take more octets than anybody needs.
const maxLengthOctets = 8;

/** 1.2.840.113549.1.7.2, with tag and length. */
const signedData = Buffer.from('06092a864886f70d010702', 'hex');
const searchedOctets = 32;

/**
 * What stands before the content: SignedData in a ContentInfo, its version and algorithms, and the type
 * of the content.
 */
const way = [
  { tag: 0x30, step: 'into' },
  { tag: 0x06, step: 'over' },
  { tag: 0xa0, step: 'into' },
  { tag: 0x30, step: 'into' },
  { tag: 0x02, step: 'over' },
  { tag: 0x31, step: 'over' },
  { tag: 0x30, step: 'into' },
  { tag: 0x06, step: 'over' },
  { tag: 0xa0, step: 'into' },
] as const;

export function beginsSignedData(head: Buffer): boolean {
  return head[0] === 0x30 && head.subarray(0, searchedOctets).includes(signedData);
}

interface Element {
  readonly tag: number;
  /** Undefined for one that is ended by a mark. */
  readonly length: number | undefined;
}

export class SignedContent implements TransferDecoder {
  #header: number[] = [];
  #passed = 0;
  /** Elements without a length that are being passed over, one in another. */
  #openDepth = 0;
  #left = 0;
  #mode: 'header' | 'passing' | 'content' | 'over' = 'header';

  push(chunk: Buffer): Buffer {
    const pieces: Buffer[] = [];
    for (let at = 0; at < chunk.length && this.#mode !== 'over'; ) {
      if (this.#mode === 'header') {
        this.#header.push(chunk[at] ?? 0);
        at += 1;
        const element = maybeElement(this.#header);
        if (element === undefined) continue;
        this.#header = [];
        this.#begin(element);
        continue;
      }
      const piece = chunk.subarray(at, at + this.#left);
      if (this.#mode === 'content') pieces.push(piece);
      at += piece.length;
      this.#left -= piece.length;
      if (this.#left === 0) this.#mode = 'header';
    }
    return pieces.length === 1 ? (pieces[0] ?? nothing) : Buffer.concat(pieces);
  }

  end(): Buffer {
    return nothing;
  }

  #begin(element: Element | 'impossible'): void {
    if (element === 'impossible') {
      this.#mode = 'over';
      return;
    }
    const { tag, length } = element;
    if (this.#openDepth > 0) {
      this.#beginWithinOpen(element);
      return;
    }
    const next = way[this.#passed];
    if (next === undefined) {
      this.#beginContent(element);
    } else if (next.tag !== tag) {
      this.#mode = 'over';
    } else {
      this.#passed += 1;
      if (next.step === 'into') return;
      if (length === undefined) this.#openDepth = 1;
      else this.#go('passing', length);
    }
  }

  #beginWithinOpen({ tag, length }: Element): void {
    if (tag === endOfContents) this.#openDepth -= 1;
    else if (length === undefined) this.#openDepth += 1;
    else this.#go('passing', length);
  }

  /** X.690 s.8.7.3: an octet string in pieces. Whatever is none ends it. */
  #beginContent({ tag, length }: Element): void {
    if (tag === constructedOctetString) return;
    if (tag === octetString && length !== undefined) this.#go('content', length);
    else this.#mode = 'over';
  }

  #go(mode: 'passing' | 'content', octets: number): void {
    this.#left = octets;
    this.#mode = octets === 0 ? 'header' : mode;
  }
}

/** Undefined until tag and length are complete. */
function maybeElement(header: readonly number[]): Element | 'impossible' | undefined {
  const [tag = 0, first, ...rest] = header;
  // s.8.1.2.4: tags above 30 do not occur on the way.
  if ((tag & 0x1f) === 0x1f) return 'impossible';
  if (first === undefined) return undefined;
  if (first < 0x80) return { tag, length: first };
  if (first === 0x80) {
    return (tag & constructed) === 0 ? 'impossible' : { tag, length: undefined };
  }
  const octets = first - 0x80;
  if (octets > maxLengthOctets) return 'impossible';
  if (rest.length < octets) return undefined;
  return { tag, length: rest.reduce((length, octet) => length * 256 + octet, 0) };
}
