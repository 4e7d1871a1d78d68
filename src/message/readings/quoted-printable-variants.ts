// Owns quoted-printable as other decoders read it where it is not well formed. The standard decoder is
// transfer-decoding.ts: it takes lower-case digits and leaves what is no escape as it stands.
import type { TransferDecoder } from '../transfer-decoding.ts';

export type QuotedPrintableVariant =
  /** RFC 2045 s.6.7 to the letter: upper-case digits, nothing behind the `=` of a soft break. */
  | 'strict'
  /** The `=` of an illegal escape goes. */
  | 'dropsEquals'
  /** An illegal escape goes with its two characters. */
  | 'dropsEscape';

const nothing: Buffer = Buffer.alloc(0);
const equals = 0x3d;
// Longer than the blanks of any soft break that is waited for.
const maxHeldLength = 1000;
// Fewer, so that what is held always suffices to decide.
const maxSoftBreakBlanks = 900;

export function createQuotedPrintableVariant(variant: QuotedPrintableVariant): TransferDecoder {
  return new VariantDecoder(variant);
}

/** Text without its last escape, which may go on in the next chunk, and that escape. */
function splitAtOpenEscape(text: string): readonly [whole: string, open: string] {
  const last = text.lastIndexOf('=');
  if (last === -1 || text.length - last > maxHeldLength) return [text, ''];
  const tail = text.slice(last + 1);
  const isOpen = tail.length < 2 || /^[ \t]*\r?$/.test(tail);
  return isOpen ? [text.slice(0, last), text.slice(last)] : [text, ''];
}

class VariantDecoder implements TransferDecoder {
  readonly #variant: QuotedPrintableVariant;
  #held = '';

  constructor(variant: QuotedPrintableVariant) {
    this.#variant = variant;
  }

  push(chunk: Buffer): Buffer {
    if (this.#held === '' && !chunk.includes(equals)) return chunk;
    const [whole, open] = splitAtOpenEscape(this.#held + chunk.toString('latin1'));
    this.#held = open;
    return Buffer.from(this.#decode(whole), 'latin1');
  }

  end(): Buffer {
    const rest = this.#held;
    this.#held = '';
    return rest === '' ? nothing : Buffer.from(this.#decode(rest), 'latin1');
  }

  #decode(text: string): string {
    if (this.#variant === 'strict') {
      return text.replaceAll(/=(?:([0-9A-F]{2})|\r?\n)/g, (_, hex?: string) => octetOf(hex));
    }
    const illegal = this.#variant === 'dropsEquals' ? '' : '(?:[^=]{0,2})';
    // In this order: an escape, a soft break, and what is neither.
    const escapes = new RegExp(
      `=(?:([0-9A-Fa-f]{2})|[ \\t]{0,${maxSoftBreakBlanks}}\\r?\\n|${illegal})`,
      'g',
    );
    return text.replaceAll(escapes, (_, hex?: string) => octetOf(hex));
  }
}

function octetOf(hex: string | undefined): string {
  return hex === undefined ? '' : String.fromCharCode(Number.parseInt(hex, 16));
}
