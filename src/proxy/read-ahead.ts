// Owns the messages of one session that are fetched, and judged, before the client asks for them. What
// is fetched early costs memory of all and a place in the upstream's queue, so it has its bounds here.
import type { AppError } from '../base/errors.ts';
import type { Turns } from '../base/turns.ts';
import type { MemoryBudget } from '../pipeline/memory-budget.ts';
import type { Maildrop, UpstreamMessage } from '../session/maildrop.ts';
import type { FetchedMessage } from './fetched-message.ts';
import { ReadAheadWindow } from './read-ahead-window.ts';
import type { RelayedMessage } from './relayed-message.ts';

/** Messages at a time. */
const maxMessages = 64;
/** A larger message is fetched when it is asked for, and judged while it comes. */
export const maxMessageOctets = 1024 * 1024;
/** Octets of one session that wait for the client. */
const maxHeldOctets = 4 * 1024 * 1024;
/** Octets that have been asked for and are still on their way: a client that jumps waits for them. */
const maxComingOctets = 512 * 1024;

/** A message that has been asked for at the upstream. */
export type AskedMessage = FetchedMessage | RelayedMessage;

/** Messages that were fetched early. */
export interface ReadAheadCounts {
  readonly used: number;
  /** Fetched in vain: the client left, jumped, or the message failed. */
  readonly unused: number;
}

export interface ReadAheadSession {
  /** `off`: messages are fetched when they are asked for. */
  readonly mode: 'on' | 'off';
  /** RFC 2449 s.6.6: RETR may be sent before the message before it has come. */
  readonly mayPipeline: boolean;
  readonly maildrop: Maildrop;
  /** Sends RETR; an `early` message is not waited for by the client. */
  fetch(message: UpstreamMessage, when: 'now' | 'early'): AskedMessage;
  /** What `work` fetches is asked for in one write. */
  together<T>(work: () => T): T;
  /** A message with which something went wrong at an earlier poll is left alone. */
  isTroubled(message: UpstreamMessage): boolean;
  /** A message failed that nobody has asked for. */
  failedEarly(message: UpstreamMessage, error: AppError): void;
  /** Told once. */
  ended(counts: ReadAheadCounts): void;
  readonly budget: MemoryBudget;
  /** Shared by all sessions: how many messages are judged early at a time. */
  readonly earlyTurns: Turns;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
}

/** A message that was fetched early. */
interface Held {
  readonly fetched: AskedMessage;
  readonly octets: number;
}

export class ReadAhead {
  readonly #session: ReadAheadSession;
  readonly #window = new ReadAheadWindow(maxMessages);
  readonly #held = new Map<number, Held>();
  /** Numbers the client has had, in this session. */
  readonly #had = new Set<number>();
  #heldOctets = 0;
  #comingOctets = 0;
  #fetched = 0;
  #used = 0;
  #isEnded = false;

  constructor(session: ReadAheadSession) {
    this.#session = session;
  }

  /** The message itself, which the caller disposes of, and from now on those that come after it. */
  take(message: UpstreamMessage): AskedMessage {
    const { number } = message;
    const held = this.#take(number);
    this.#window.asked(number, held === undefined ? 'wrong' : 'right');
    this.#had.add(number);
    return this.#session.together(() => {
      const fetched = held ?? this.#session.fetch(message, 'now');
      this.#fetchMore();
      return fetched;
    });
  }

  /**
   * Nothing more is fetched, and what nobody has asked for is given up. Resolves when the upstream has
   * sent the last of it, which must not count against the time that it has for its next reply.
   */
  async end(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#session.ended({ used: this.#used, unused: this.#fetched - this.#used });
    const given: AskedMessage[] = [];
    for (const [number, { fetched }] of this.#held) {
      this.#letGo(number);
      given.push(fetched);
    }
    await Promise.all(given.map((fetched) => fetched[Symbol.asyncDispose]()));
    await Promise.all(given.map(({ arrived }) => arrived));
  }

  /** Undefined as well for one that failed: it is asked for again. */
  #take(number: number): AskedMessage | undefined {
    const fetched = this.#letGo(number);
    if (fetched === undefined) return undefined;
    if (fetched.failure === undefined) {
      this.#used += 1;
      return fetched;
    }
    void fetched[Symbol.asyncDispose]();
    return undefined;
  }

  #letGo(number: number): AskedMessage | undefined {
    const held = this.#held.get(number);
    if (held === undefined) return undefined;
    this.#held.delete(number);
    this.#heldOctets -= held.octets;
    this.#session.budget.release(held.octets);
    return held.fetched;
  }

  #fetchMore(): void {
    const { mode, maildrop, mayPipeline } = this.#session;
    if (this.#isEnded || mode === 'off') return;
    // Not one by one: what is asked for together leaves, and comes, in fewer segments.
    if (mayPipeline && 2 * this.#countAhead() > this.#window.size) return;
    let left = this.#window.size;
    let number = this.#window.next(maildrop.count);
    for (; number !== undefined && left > 0; number = this.#window.next(maildrop.count, number)) {
      if (this.#had.has(number)) continue;
      left -= 1;
      if (this.#held.has(number)) continue;
      const message = maildrop.find(number);
      if (message?.source !== 'upstream' || !this.#isWorthwhile(message)) continue;
      if (!this.#hasRoomFor(message.upstreamOctets)) return;
      this.#fetchEarly(message);
    }
  }

  /** Without what the client has jumped over. */
  #countAhead(): number {
    let ahead = 0;
    for (const number of this.#held.keys()) if (this.#window.holds(number)) ahead += 1;
    return ahead;
  }

  #isWorthwhile(message: UpstreamMessage): boolean {
    return message.upstreamOctets <= maxMessageOctets && !this.#session.isTroubled(message);
  }

  #hasRoomFor(octets: number): boolean {
    const isComing = this.#comingOctets > 0;
    if (isComing && !this.#session.mayPipeline) return false;
    return (
      this.#comingOctets + octets <= maxComingOctets + (isComing ? 0 : maxMessageOctets) &&
      this.#heldOctets + octets <= maxHeldOctets &&
      this.#session.budget.isHalfFree(octets)
    );
  }

  #fetchEarly(message: UpstreamMessage): void {
    const { number, upstreamOctets: octets } = message;
    const fetched = this.#session.fetch(message, 'early');
    // As listed, for as long as it waits: what has come of it is counted there as well, which makes
    // early messages the first to give way.
    this.#session.budget.take(octets);
    this.#fetched += 1;
    this.#held.set(number, { fetched, octets });
    this.#heldOctets += octets;
    this.#comingOctets += octets;
    void fetched.arrived.then(() => {
      this.#comingOctets -= octets;
      this.#arrived(message, fetched);
      this.#fetchMore();
    });
  }

  #arrived(message: UpstreamMessage, fetched: AskedMessage): void {
    const { earlyTurns, signal } = this.#session;
    if (this.#held.get(message.number)?.fetched !== fetched) return;
    const { failure } = fetched;
    if (failure !== undefined) this.#session.failedEarly(message, failure);
    else if (fetched.kind === 'fetched') fetched.judgeEarly(earlyTurns, signal);
  }
}
