// Owns reading a binary format from octets that come in chunks: a generator asks for the next few
// octets, or to pass over many.

/** What a format asks for; `take` gives fewer octets only where the stream ends. */
export type Want =
  | { readonly kind: 'take'; readonly octets: number }
  | { readonly kind: 'skip'; readonly octets: number };

export type Format<Result> = Generator<Want, Result, Buffer>;

const nothing: Buffer = Buffer.alloc(0);

export class OctetParser<Result> {
  readonly #format: Format<Result>;
  #want: Want | undefined;
  #result: Result | undefined;
  #pieces: Buffer[] = [];
  #gathered = 0;
  #skipped = 0;

  constructor(format: Format<Result>) {
    this.#format = format;
    this.#advance(format.next());
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && this.#want !== undefined) {
      const { kind, octets } = this.#want;
      const done = kind === 'take' ? this.#gathered : this.#skipped;
      const step = Math.min(octets - done, chunk.length - at);
      if (kind === 'take') {
        this.#pieces.push(chunk.subarray(at, at + step));
        this.#gathered += step;
      } else {
        this.#skipped += step;
      }
      at += step;
      if (done + step === octets) this.#answer();
    }
  }

  /** The result; a format that still waits is told that there is no more. */
  end(): Result | undefined {
    // Each answer is short now, and a format that goes on asking gets nothing at all.
    for (let answers = 0; this.#want !== undefined && answers < 8; answers += 1) this.#answer();
    return this.#result;
  }

  #answer(): void {
    const octets = this.#pieces.length === 0 ? nothing : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#gathered = 0;
    this.#skipped = 0;
    this.#advance(this.#format.next(octets));
  }

  #advance(step: IteratorResult<Want, Result>): void {
    let current = step;
    // A wish for nothing is granted at once.
    while (current.done !== true && current.value.octets <= 0) current = this.#format.next(nothing);
    if (current.done === true) {
      this.#want = undefined;
      this.#result = current.value;
    } else {
      this.#want = current.value;
    }
  }
}
