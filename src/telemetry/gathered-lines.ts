// Owns that lines of the log leave together: writing a line costs several times as much as making one.

export interface LineOutput {
  write(text: string): unknown;
}

/** No reader of a log notices. */
const gatherMs = 20;
/** What a pipe takes at once at least, on all systems. */
const mostGathered = 4096;

export class GatheredLines implements LineOutput {
  readonly #output: LineOutput;
  #text = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(output: LineOutput) {
    this.#output = output;
  }

  write(line: string): void {
    this.#text += line;
    if (this.#text.length >= mostGathered) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), gatherMs);
  }

  flush(): void {
    const text = this.take();
    if (text !== '') this.#output.write(text);
  }

  /** What has not left yet, for whoever lets it leave in another way. */
  take(): string {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#text;
    this.#text = '';
    return text;
  }
}
