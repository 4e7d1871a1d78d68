// Owns when octets come out of a line. Each chunk is as late as every other: a long line delays a stream and
// takes nothing of its throughput, as a real one.

export interface LineQuality {
  readonly delayMs: number;
  /** Undefined: as fast as the machine. */
  readonly octetsPerSecond: number | undefined;
}

export interface NearEnd {
  take(chunk: Buffer): void;
  end(): void;
  /** What a narrow line cannot take waits at the server. */
  setFlow(flow: 'halted' | 'running'): void;
}

/** As much of a narrow line as its buffers hold. */
const bufferMs = 20;

export class WayBack {
  readonly #quality: LineQuality;
  readonly #near: NearEnd;
  /** A chunk that is undefined is the end. */
  readonly #underway: { readonly chunk: Buffer | undefined; readonly dueMs: number }[] = [];
  /** When the last octet has entered the line. */
  #freeMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #flow: 'halted' | 'running' = 'running';

  constructor(quality: LineQuality, near: NearEnd) {
    this.#quality = quality;
    this.#near = near;
  }

  push(chunk: Buffer): void {
    this.#enter(chunk, chunk.length);
    if (this.#freeMs - performance.now() > bufferMs) this.#setFlow('halted');
  }

  end(): void {
    this.#enter(undefined, 0);
  }

  #enter(chunk: Buffer | undefined, octets: number): void {
    const { delayMs, octetsPerSecond } = this.#quality;
    const takesMs = octetsPerSecond === undefined ? 0 : (octets * 1000) / octetsPerSecond;
    this.#freeMs = Math.max(this.#freeMs, performance.now()) + takesMs;
    this.#underway.push({ chunk, dueMs: this.#freeMs + delayMs });
    this.#wait();
  }

  #wait(): void {
    const [first] = this.#underway;
    if (first === undefined || this.#timer !== undefined) return;
    const inMs = Math.max(0, Math.ceil(first.dueMs - performance.now()));
    this.#timer = setTimeout(() => this.#deliver(), inMs);
  }

  #deliver(): void {
    this.#timer = undefined;
    const nowMs = performance.now();
    for (let [first] = this.#underway; first && first.dueMs <= nowMs; [first] = this.#underway) {
      this.#underway.shift();
      if (first.chunk === undefined) this.#near.end();
      else this.#near.take(first.chunk);
    }
    if (this.#freeMs - nowMs <= bufferMs) this.#setFlow('running');
    this.#wait();
  }

  #setFlow(flow: 'halted' | 'running'): void {
    if (this.#flow === flow) return;
    this.#flow = flow;
    this.#near.setFlow(flow);
  }
}
