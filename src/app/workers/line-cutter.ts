// Owns that lines of several processes come out whole: octets in, complete lines out.

const lineEnd = 0x0a;

export class LineCutter {
  #rest: Buffer[] = [];

  /** What is complete by now; undefined when nothing is. */
  take(octets: Buffer): Buffer | undefined {
    const end = octets.lastIndexOf(lineEnd) + 1;
    if (end === 0) {
      this.#rest.push(octets);
      return undefined;
    }
    const whole = Buffer.concat([...this.#rest, octets.subarray(0, end)]);
    this.#rest = end === octets.length ? [] : [octets.subarray(end)];
    return whole;
  }

  /** A last line that its writer could not end. */
  end(): Buffer | undefined {
    if (this.#rest.length === 0) return undefined;
    const whole = Buffer.concat([...this.#rest, Buffer.of(lineEnd)]);
    this.#rest = [];
    return whole;
  }
}
