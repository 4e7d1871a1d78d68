// Owns the messages of one session that are fetched, and judged, before the client asks for them. What
// is fetched early costs memory of all and a place in the upstream's queue, so it has its bounds here.
import type { AppError } from '../base/errors.ts';
import type { Turns } from '../base/turns.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { SpoolOptions } from '../pipeline/spool.ts';
import type { MessageFacts } from '../plugin-api/message-view.ts';
import type { Maildrop, UpstreamMessage } from '../session/maildrop.ts';
import type { UpstreamClient } from '../upstream/client.ts';
import { FetchedMessage } from './fetched-message.ts';
import { ReadAheadWindow } from './read-ahead-window.ts';

/** Messages at a time. */
const maxMessages = 64;
/** A larger message is fetched when it is asked for, and judged while it comes. */
const maxMessageOctets = 1024 * 1024;
/** Octets of one session that wait for the client. */
const maxHeldOctets = 4 * 1024 * 1024;
/** Octets that have been asked for and are still on their way: a client that jumps waits for them. */
const maxComingOctets = 512 * 1024;

export interface ReadAheadServices {
  readonly pipeline: Pipeline;
  readonly spool: SpoolOptions;
  /** Shared by all sessions: how many messages are judged early at a time. */
  readonly earlyTurns: Turns;
}

export interface ReadAheadSession {
  /** `off`: messages are fetched when they are asked for. */
  readonly mode: 'on' | 'off';
  readonly maildrop: Maildrop;
  readonly upstream: UpstreamClient;
  /** RFC 2449 s.6.6: RETR may be sent before the message before it has come. */
  readonly mayPipeline: boolean;
  factsOf(message: UpstreamMessage): MessageFacts;
  /** A message with which something went wrong at an earlier poll is left alone. */
  isTroubled(facts: MessageFacts): boolean;
  /** A message failed that nobody has asked for. */
  failedEarly(facts: MessageFacts, error: AppError): void;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
}

/** A message that was fetched early. */
interface Held {
  readonly fetched: FetchedMessage;
  readonly octets: number;
}

export class ReadAhead {
  readonly #session: ReadAheadSession;
  readonly #services: ReadAheadServices;
  readonly #window = new ReadAheadWindow(maxMessages);
  readonly #held = new Map<number, Held>();
  /** Numbers the client has had, in this session. */
  readonly #had = new Set<number>();
  #heldOctets = 0;
  #comingOctets = 0;
  #isEnded = false;

  constructor(session: ReadAheadSession, services: ReadAheadServices) {
    this.#session = session;
    this.#services = services;
  }

  /** The message itself, which the caller disposes of, and from now on those that come after it. */
  take(message: UpstreamMessage): FetchedMessage {
    const { number } = message;
    const held = this.#take(number);
    this.#window.asked(number, held === undefined ? 'wrong' : 'right');
    this.#had.add(number);
    const fetched = held ?? this.fetch(message);
    this.#fetchMore();
    return fetched;
  }

  /** Without any guess. */
  fetch(message: UpstreamMessage): FetchedMessage {
    const { upstream, factsOf } = this.#session;
    return new FetchedMessage(factsOf(message), message.upstreamNumber, upstream, this.#services);
  }

  /** Nothing more is fetched, and what nobody has asked for is given up. */
  async end(): Promise<void> {
    this.#isEnded = true;
    const held = [...this.#held.values()];
    this.#held.clear();
    await Promise.all(held.map(({ fetched }) => fetched[Symbol.asyncDispose]()));
  }

  /** Undefined as well for one that failed: it is asked for again. */
  #take(number: number): FetchedMessage | undefined {
    const held = this.#held.get(number);
    if (held === undefined) return undefined;
    this.#held.delete(number);
    this.#heldOctets -= held.octets;
    if (held.fetched.spool.failure === undefined) return held.fetched;
    void held.fetched[Symbol.asyncDispose]();
    return undefined;
  }

  #fetchMore(): void {
    const { mode, maildrop, upstream } = this.#session;
    if (this.#isEnded || mode === 'off' || !upstream.isOpen) return;
    const isLeft = (number: number): boolean => !this.#had.has(number);
    for (const number of this.#window.wanted(maildrop.count, isLeft)) {
      if (this.#held.has(number)) continue;
      const message = maildrop.find(number);
      if (message?.source !== 'upstream' || !this.#isWorthwhile(message)) continue;
      if (!this.#hasRoomFor(message.upstreamOctets)) return;
      this.#fetchEarly(message);
    }
  }

  #isWorthwhile(message: UpstreamMessage): boolean {
    return (
      message.upstreamOctets <= maxMessageOctets &&
      !this.#session.isTroubled(this.#session.factsOf(message))
    );
  }

  #hasRoomFor(octets: number): boolean {
    const isComing = this.#comingOctets > 0;
    if (isComing && !this.#session.mayPipeline) return false;
    return (
      this.#comingOctets + octets <= maxComingOctets + (isComing ? 0 : maxMessageOctets) &&
      this.#heldOctets + octets <= maxHeldOctets &&
      this.#services.spool.budget.isHalfFree(octets)
    );
  }

  #fetchEarly(message: UpstreamMessage): void {
    const { number, upstreamOctets: octets } = message;
    const fetched = this.fetch(message);
    this.#held.set(number, { fetched, octets });
    this.#heldOctets += octets;
    this.#comingOctets += octets;
    void fetched.arrived.then(() => {
      this.#comingOctets -= octets;
      this.#arrived(message, fetched);
      this.#fetchMore();
    });
  }

  #arrived(message: UpstreamMessage, fetched: FetchedMessage): void {
    const { pipeline, earlyTurns } = this.#services;
    const { failure } = fetched.spool;
    if (this.#held.get(message.number)?.fetched !== fetched) return;
    if (failure !== undefined) {
      this.#session.failedEarly(this.#session.factsOf(message), failure);
    } else if (!pipeline.isEmpty) {
      fetched.judgeEarly(earlyTurns, this.#session.signal);
    }
  }
}
