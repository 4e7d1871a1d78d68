// Owns the check whether encoded content is what RFC 2045 makes of it, in one pass and without decoding.

const equals = 0x3d;
// Bits, so that a chunk in which nothing is strange is told by one pass without a branch.
const ordinary = 0;
const digit = 1;
const padding = 2;
const foreign = 4;
const urlSafe = 8;
const classes = makeClasses();

function makeClasses(): Uint8Array {
  const table = new Uint8Array(256).fill(foreign);
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  for (const octet of Buffer.from(digits)) table[octet] = digit;
  for (const octet of Buffer.from(' \t\r\n')) table[octet] = ordinary;
  for (const octet of Buffer.from('-_')) table[octet] = foreign | urlSafe;
  table[equals] = padding;
  return table;
}

export class Base64Check {
  hasForeign = false;
  /** `-` and `_`, which are digits in another alphabet. */
  hasUrlSafe = false;
  /** Digits stand behind padding. */
  hasPaddingInside = false;
  #isPadded = false;

  push(bytes: Buffer): void {
    let found = 0;
    for (let at = 0; at < bytes.length; at += 1) found |= classes[bytes[at] ?? 0] ?? 0;
    if ((found & foreign) !== 0) this.hasForeign = true;
    if ((found & urlSafe) !== 0) this.hasUrlSafe = true;
    if (this.#isPadded || (found & padding) !== 0) this.#checkPadding(bytes);
  }

  #checkPadding(bytes: Buffer): void {
    const from = this.#isPadded ? 0 : bytes.indexOf(equals);
    this.#isPadded = true;
    this.hasPaddingInside ||= bytes.subarray(from).some((octet) => classes[octet] === digit);
  }
}

export class QuotedPrintableCheck {
  hasIllegalEscape = false;
  /** Blanks between `=` and the line end. */
  hasBlanksInSoftBreak = false;
  #state: 'plain' | 'equals' | 'oneDigit' | 'blanks' | 'cr' = 'plain';

  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#state === 'plain') {
        const found = bytes.indexOf(equals, at);
        if (found === -1) return;
        this.#state = 'equals';
        at = found + 1;
        continue;
      }
      this.#step(String.fromCharCode(bytes[at] ?? 0));
      at += 1;
    }
  }

  #step(sign: string): void {
    // RFC 2045 s.6.7 (1): lower-case digits are illegal, and some decoders think so.
    const isDigit = /[0-9A-F]/.test(sign);
    switch (this.#state) {
      case 'equals':
        if (isDigit) this.#state = 'oneDigit';
        else if (sign === ' ' || sign === '\t') this.#state = 'blanks';
        else if (sign === '\r') this.#state = 'cr';
        else this.#leave(sign === '\n' ? 'legal' : 'illegal', sign);
        break;
      case 'oneDigit':
        this.#leave(isDigit ? 'legal' : 'illegal', sign);
        break;
      case 'blanks':
        if (sign === '\n') {
          this.hasBlanksInSoftBreak = true;
          this.#leave('legal', sign);
        } else if (!/[ \t\r]/.test(sign)) {
          this.#leave('illegal', sign);
        }
        break;
      case 'cr':
        this.#leave(sign === '\n' ? 'legal' : 'illegal', sign);
        break;
      case 'plain':
        break;
    }
  }

  #leave(form: 'legal' | 'illegal', sign: string): void {
    if (form === 'illegal') this.hasIllegalEscape = true;
    this.#state = form === 'illegal' && sign === '=' ? 'equals' : 'plain';
  }
}
