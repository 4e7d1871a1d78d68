// Owns base64 as other decoders read it where it is not well formed. The standard decoder is
// transfer-decoding.ts: it skips what is no digit and begins a new group behind padding.
import { createTransferDecoder, type TransferDecoder } from '../transfer-decoding.ts';

export type Base64Variant =
  /** RFC 2045 s.6.8: padding can only be the end, so that some stop there. */
  | 'stopsAtPadding'
  /** Padding is a foreign character like others; what follows continues the group. */
  | 'ignoresPadding'
  /** The first foreign character ends it. */
  | 'stopsAtForeign'
  /** RFC 4648 s.5: `-` and `_` are digits. */
  | 'urlSafe'
  /** A line with a foreign character is no base64 at all. */
  | 'skipsForeignLines';

const nothing: Buffer = Buffer.alloc(0);
const equals = 0x3d;
const lf = 0x0a;
// A line of more than that is decided upon by what it begins with.
const maxHeldLine = 8192;

/** Whether the octet is a digit, `=` or white space. */
function isBase64Octet(octet: number): boolean {
  return classes[octet] !== foreign;
}

const foreign = 0;
const classes = makeClasses();

function makeClasses(): Uint8Array {
  const table = new Uint8Array(256).fill(foreign);
  const plain = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n';
  for (const character of plain) table[character.charCodeAt(0)] = 1;
  return table;
}

export function createBase64Variant(variant: Base64Variant): TransferDecoder {
  switch (variant) {
    case 'stopsAtPadding':
      return new StoppingDecoder((octet) => octet === equals);
    case 'stopsAtForeign':
      return new StoppingDecoder((octet) => !isBase64Octet(octet));
    case 'ignoresPadding':
      return new MappedDecoder((text) => text.replaceAll('=', ''));
    case 'urlSafe':
      return new MappedDecoder((text) => text.replaceAll('-', '+').replaceAll('_', '/'));
    case 'skipsForeignLines':
      return new LineDecoder();
  }
}

class StoppingDecoder implements TransferDecoder {
  readonly #inner = createTransferDecoder('base64');
  readonly #stops: (octet: number) => boolean;
  #isOver = false;

  constructor(stops: (octet: number) => boolean) {
    this.#stops = stops;
  }

  push(chunk: Buffer): Buffer {
    if (this.#isOver) return nothing;
    const end = chunk.findIndex(this.#stops);
    this.#isOver = end !== -1;
    return this.#inner.push(end === -1 ? chunk : chunk.subarray(0, end));
  }

  end(): Buffer {
    return this.#inner.end();
  }
}

class MappedDecoder implements TransferDecoder {
  readonly #inner = createTransferDecoder('base64');
  readonly #map: (text: string) => string;

  constructor(map: (text: string) => string) {
    this.#map = map;
  }

  push(chunk: Buffer): Buffer {
    return this.#inner.push(Buffer.from(this.#map(chunk.toString('latin1')), 'latin1'));
  }

  end(): Buffer {
    return this.#inner.end();
  }
}

class LineDecoder implements TransferDecoder {
  readonly #inner = createTransferDecoder('base64');
  #held: Buffer = nothing;

  push(chunk: Buffer): Buffer {
    const buffer = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const pieces: Buffer[] = [];
    let at = 0;
    for (let end = buffer.indexOf(lf); end !== -1; end = buffer.indexOf(lf, at)) {
      pieces.push(this.#decode(buffer.subarray(at, end)));
      at = end + 1;
    }
    if (buffer.length - at > maxHeldLine) {
      pieces.push(this.#decode(buffer.subarray(at)));
      at = buffer.length;
    }
    this.#held = Buffer.from(buffer.subarray(at));
    return Buffer.concat(pieces);
  }

  end(): Buffer {
    return Buffer.concat([this.#decode(this.#held), this.#inner.end()]);
  }

  #decode(line: Buffer): Buffer {
    return line.every(isBase64Octet) ? this.#inner.push(line) : nothing;
  }
}
