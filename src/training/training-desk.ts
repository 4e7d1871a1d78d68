// Owns the way of a lesson to the plugins of a chain that learn, wherever it comes from: command line, link,
// quarantine, forwarded mail. It does not know what they make of it, and checks nobody's right to teach.
import { newId } from '../base/ids.ts';
import { Turns } from '../base/turns.ts';
import { ArrivingMessage } from '../pipeline/arriving-message.ts';
import { fillSpool } from '../pipeline/fill-spool.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { Spool, type SpoolOptions } from '../pipeline/spool.ts';
import type { Lesson, LessonResult } from '../plugin-api/lesson.ts';
import type { MessageFacts } from '../plugin-api/message-view.ts';
import type { LessonObservation } from '../plugin-api/observation.ts';
import {
  type LessonReport,
  type LessonRequest,
  type SenderRequest,
  toReport,
} from './lesson-request.ts';

type Chain = Pick<Pipeline, 'isTeachable' | 'learn' | 'heedsSenders' | 'heedSender' | 'observe'>;
/** What is recorded of a lesson, but for what comes of it. */
type Given = Pick<LessonObservation, 'account' | 'as' | 'weight' | 'source' | 'uidl'>;

/** Lessons come in bursts, and clients wait for the same processor. */
const lessonsAtOnce = 2;

export class TrainingDesk {
  readonly #pipeline: Chain;
  readonly #spool: SpoolOptions;
  readonly #turns = new Turns(lessonsAtOnce);

  /** `spool`: where a message lies while it is read. */
  constructor(pipeline: Chain, spool: SpoolOptions) {
    this.#pipeline = pipeline;
    this.#spool = spool;
  }

  /** Where no plugin learns, nothing has to be kept or offered for a lesson. */
  get hasPupils(): boolean {
    return this.#pipeline.isTeachable;
  }

  /**
   * Rejects when the message cannot be read or `signal` aborts; a plugin that fails is named in the
   * report. Plugins in shadow learn as well: what they say later is recorded.
   */
  async teach(
    { octets, uidl, ...lesson }: LessonRequest,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<LessonReport> {
    if (!this.hasPupils) return toReport([]);
    return this.#give(octets, { ...lesson, uidl }, signal, (message) =>
      this.#pipeline.learn(message, lesson, signal),
    );
  }

  /** Some plugin keeps a list of senders. */
  get heedsSenders(): boolean {
    return this.#pipeline.heedsSenders;
  }

  /** As `teach`, for what a reader wants of a sender. */
  async heedSender(
    { octets, uidl, ...wish }: SenderRequest,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<LessonReport> {
    if (!this.heedsSenders) return toReport([]);
    const { account, source } = wish;
    const as = wish.as === 'forget' ? 'unlist' : wish.as;
    const given = { account, as, weight: 'correction', source, uidl } as const;
    return this.#give(octets, given, signal, (message) =>
      this.#pipeline.heedSender(message, wish, signal),
    );
  }

  #give(
    octets: LessonRequest['octets'],
    given: Given,
    signal: AbortSignal,
    work: (message: ArrivingMessage) => Promise<LessonResult[]>,
  ): Promise<LessonReport> {
    return this.#turns.take(signal, async () => {
      await using spool = new Spool(this.#spool);
      await fillSpool(spool, piecesOf(octets), () => signal.throwIfAborted());
      const { octets: size, sha256 } = spool;
      const outcomes = await work(new ArrivingMessage(factsOf(given, size), spool));
      const { account, as, weight, source, uidl } = given;
      await this.#pipeline.observe(
        { kind: 'lessonGiven', account, as, weight, source, uidl, octets: size, sha256, outcomes },
        'after',
      );
      return toReport(outcomes);
    });
  }
}

async function* piecesOf(octets: LessonRequest['octets']): AsyncGenerator<Buffer, void, void> {
  if (Buffer.isBuffer(octets)) yield octets;
  else yield* octets;
}

/** A lesson has no session: in its place stands where it comes from. */
function factsOf(
  { account, source }: Pick<Lesson, 'account' | 'source'>,
  listedOctets: number,
): MessageFacts {
  const maildrop = account ?? { user: '', upstreamHost: '' };
  const upstream = {
    host: maildrop.upstreamHost,
    port: 0,
    tlsMode: 'none',
    tls: undefined,
  } as const;
  return {
    session: {
      id: newId(),
      client: { address: '::', port: 0, listener: source, tls: undefined },
    },
    account: { user: maildrop.user, route: '', upstream, maildrop },
    number: 1,
    uidl: undefined,
    listedOctets,
  };
}
