// Owns what one client of the bench says in one session, one command after another, and that each reply is
// whole and positive. It looks at the ends of chunks only, so that it costs little.

export type Step = { readonly command: string; readonly reply: 'line' | 'lines' };

export interface Script {
  readonly user: string;
  readonly messages: number;
  readonly kind: 'login' | 'download' | 'listing' | 'stay';
}

/** What a session says after the greeting. A session that stays says no QUIT. */
export function stepsOf({ user, messages, kind }: Script): Step[] {
  const line = (command: string): Step => ({ command: `${command}\r\n`, reply: 'line' });
  const lines = (command: string): Step => ({ command: `${command}\r\n`, reply: 'lines' });
  const numbers = Array.from({ length: messages }, (_, index) => index + 1);
  return [
    line(`USER ${user}`),
    line('PASS secret'),
    line('STAT'),
    ...(kind === 'listing' ? [lines('LIST'), lines('UIDL')] : []),
    ...(kind === 'download' ? numbers.map((number) => lines(`RETR ${number}`)) : []),
    ...(kind === 'stay' ? [] : [line('QUIT')]),
  ];
}

export type Progress =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'say'; readonly command: string }
  | { readonly kind: 'over' }
  | { readonly kind: 'failed'; readonly reply: string };

const waiting: Progress = { kind: 'waiting' };
const ending = Buffer.from('\r\n.\r\n', 'latin1');
const longestFailure = 512;
const nothing = Buffer.alloc(0);

export class Dialogue {
  readonly #steps: readonly Step[];
  #next = 0;
  #expected: Step['reply'] = 'line';
  /** The end of what has come of the present reply. */
  #tail: Buffer = nothing;
  #replyOctets = 0;
  #isRefusal = false;
  #octets = 0;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  /** Of all replies of several lines so far. */
  get octets(): number {
    return this.#octets;
  }

  receive(chunk: Buffer): Progress {
    if (this.#replyOctets === 0) this.#isRefusal = chunk[0] !== 0x2b;
    this.#replyOctets += chunk.length;
    this.#tail =
      chunk.length >= ending.length
        ? chunk.subarray(-ending.length)
        : Buffer.concat([this.#tail, chunk]).subarray(-ending.length);
    if (this.#isRefusal) return this.#refused(chunk);
    if (!this.#isWhole()) return waiting;
    if (this.#expected === 'lines') this.#octets += this.#replyOctets;
    return this.#proceed();
  }

  #refused(chunk: Buffer): Progress {
    return { kind: 'failed', reply: chunk.toString('latin1', 0, longestFailure).trimEnd() };
  }

  #isWhole(): boolean {
    if (this.#expected === 'lines') return this.#tail.equals(ending);
    return this.#tail.at(-1) === 0x0a;
  }

  #proceed(): Progress {
    const step = this.#steps[this.#next++];
    if (step === undefined) return { kind: 'over' };
    this.#expected = step.reply;
    this.#replyOctets = 0;
    this.#tail = nothing;
    return { kind: 'say', command: step.command };
  }
}
