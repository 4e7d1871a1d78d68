// Owns the way of a lesson to the plugins of a chain that learn, wherever it comes from: command line, link,
// quarantine, forwarded mail. It does not know what they make of it, and checks nobody's right to teach.
import { newId } from '../base/ids.ts';
import { Turns } from '../base/turns.ts';
import { ArrivingMessage } from '../pipeline/arriving-message.ts';
import { fillSpool } from '../pipeline/fill-spool.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { Spool, type SpoolOptions } from '../pipeline/spool.ts';
import type { MessageFacts } from '../plugin-api/message-view.ts';
import { type LessonReport, type LessonRequest, toReport } from './lesson-request.ts';

/** Lessons come in bursts, and clients wait for the same processor. */
const lessonsAtOnce = 2;

export class TrainingDesk {
  readonly #pipeline: Pick<Pipeline, 'isTeachable' | 'learn'>;
  readonly #spool: SpoolOptions;
  readonly #turns = new Turns(lessonsAtOnce);

  /** `spool`: where a message lies while it is read. */
  constructor(pipeline: Pick<Pipeline, 'isTeachable' | 'learn'>, spool: SpoolOptions) {
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
    { octets, ...lesson }: LessonRequest,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<LessonReport> {
    if (!this.hasPupils) return toReport([]);
    return this.#turns.take(signal, async () => {
      await using spool = new Spool(this.#spool);
      await fillSpool(spool, piecesOf(octets), () => signal.throwIfAborted());
      const message = new ArrivingMessage(factsOf(lesson, spool.octets), spool);
      return toReport(await this.#pipeline.learn(message, lesson, signal));
    });
  }
}

async function* piecesOf(octets: LessonRequest['octets']): AsyncGenerator<Buffer, void, void> {
  if (Buffer.isBuffer(octets)) yield octets;
  else yield* octets;
}

/** A lesson has no session: in its place stands where it comes from. */
function factsOf(
  { account, source }: Omit<LessonRequest, 'octets'>,
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
