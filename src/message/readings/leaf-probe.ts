// Owns the look at the content of one leaf while it passes: is its encoding well formed, and does
// something else than its type says begin in it?
import type { MimePart } from '../mime-walk.ts';
import type { Chunks } from '../open-header.ts';
import { createTransferDecoder, type TransferDecoder } from '../transfer-decoding.ts';
import { type ContentEncoding, contentEncodingOf } from './content-encoding.ts';
import { Base64Check, QuotedPrintableCheck } from './encoding-checks.ts';
import { LineSearch, type Mark } from './line-search.ts';
import { type TnefOutline, TnefReader, tnefSignature } from './tnef.ts';

const headMaxBytes = 2048;
const nothing: Buffer = Buffer.alloc(0);

export class LeafProbe {
  readonly encoding: ContentEncoding;
  readonly #chunks: Chunks;
  readonly base64: Base64Check | undefined;
  readonly quotedPrintable: QuotedPrintableCheck | undefined;
  /** What was found in the decoded text of an encoded leaf; the search over the message sees the others. */
  readonly #lines: LineSearch | undefined;
  #tnef: TnefReader | undefined;
  tnefOutline: TnefOutline | undefined;
  /** Undefined once nobody wants to know more. */
  #decoder: TransferDecoder | undefined;
  #head: Buffer = nothing;
  #isHeadComplete = false;

  constructor(part: MimePart, chunks: Chunks) {
    this.#chunks = chunks;
    this.encoding = contentEncodingOf(part.transferEncoding);
    const isText = /^(?:text|message|multipart)\//.test(part.contentType);
    const isFile = part.fileNames.length > 0 || !part.contentType.startsWith('text/');
    if (this.encoding === 'base64') this.base64 = new Base64Check();
    // Pages are often declared quoted-printable and are not; as a file that would be a way to hide.
    if (this.encoding === 'quoted-printable' && isFile) {
      this.quotedPrintable = new QuotedPrintableCheck();
    }
    if (this.encoding !== 'identity' && isText) this.#lines = new LineSearch();
    this.#decoder = createTransferDecoder(part.transferEncoding);
  }

  /** The first decoded octets. */
  get head(): Buffer {
    return this.#head;
  }

  /** Files that begin in the decoded text, at places counted from its beginning. */
  get marks(): readonly Mark[] {
    return this.#lines?.marks ?? [];
  }

  get isFull(): boolean {
    return this.#lines?.isFull === true;
  }

  push(bytes: Buffer): void {
    this.base64?.push(bytes);
    this.quotedPrintable?.push(bytes);
    for (let at = 0; at < bytes.length && this.#decoder !== undefined; ) {
      const end = this.#isHeadComplete ? bytes.length : at + headMaxBytes;
      this.#takeDecoded(this.#decoder.push(bytes.subarray(at, end)));
      at = end;
      // Of a leaf that nobody reads on, the head is enough.
      const isWanted = this.#lines !== undefined || this.#tnef !== undefined;
      if (this.#isHeadComplete && !isWanted) this.#decoder = undefined;
    }
  }

  end(): void {
    if (this.#decoder !== undefined) this.#takeDecoded(this.#decoder.end());
    this.#decoder = undefined;
    this.#lines?.end();
    this.tnefOutline = this.#tnef?.end();
    this.#tnef = undefined;
  }

  #takeDecoded(octets: Buffer): void {
    if (octets.length === 0) return;
    this.#lines?.push(octets);
    if (this.#isHeadComplete) {
      this.#tnef?.push(octets);
      return;
    }
    const before = this.#head;
    const more = octets.subarray(0, headMaxBytes - before.length);
    const isKept = this.#chunks === 'kept' && before.length === 0;
    this.#head = isKept ? more : Buffer.concat([before, more]);
    this.#isHeadComplete = this.#head.length >= headMaxBytes;
    if (this.#tnef === undefined) {
      const isSigned = this.#head.subarray(0, tnefSignature.length).equals(tnefSignature);
      if (!isSigned) return;
      this.#tnef = new TnefReader();
      this.#tnef.push(before);
    }
    this.#tnef.push(octets);
  }
}
