// Owns the way of a lesson to all plugins of a chain that learn, wherever it comes from: command line, link,
// quarantine, forwarded mail. It does not know what they make of it, and checks nobody's right to teach.
import type { Clock } from '../base/clock.ts';
import { explain, toAppError } from '../base/errors.ts';
import { newId } from '../base/ids.ts';
import { Turns } from '../base/turns.ts';
import { ArrivingMessage } from '../pipeline/arriving-message.ts';
import { fillSpool } from '../pipeline/fill-spool.ts';
import { guardWork } from '../pipeline/guard.ts';
import { Interest } from '../pipeline/interest.ts';
import type { LoadedPlugin } from '../pipeline/plugin.ts';
import { Spool, type SpoolOptions } from '../pipeline/spool.ts';
import type { MessageFacts } from '../plugin-api/message-view.ts';
import {
  type LessonReport,
  type LessonRequest,
  type PupilOutcome,
  toReport,
} from './lesson-request.ts';

export interface DeskServices {
  readonly clock: Clock;
  /** Where a message lies while it is read. */
  readonly spool: SpoolOptions;
}

/** Lessons come in bursts, and clients wait for the same processor. */
const lessonsAtOnce = 2;

export class TrainingDesk {
  readonly #pupils: readonly LoadedPlugin[];
  readonly #services: DeskServices;
  readonly #turns = new Turns(lessonsAtOnce);

  constructor(plugins: readonly LoadedPlugin[], services: DeskServices) {
    this.#pupils = plugins.filter(({ instance }) => instance.learn !== undefined);
    this.#services = services;
  }

  /** Without any plugin that learns, nothing has to be kept or offered for a lesson. */
  get hasPupils(): boolean {
    return this.#pupils.length > 0;
  }

  /**
   * Rejects when the message cannot be read or `signal` aborts; a plugin that fails is named in the report. Plugins in
   * shadow learn as well: what they say later is recorded.
   */
  async teach(
    request: LessonRequest,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<LessonReport> {
    if (!this.hasPupils) return toReport([]);
    return this.#turns.take(signal, async () => {
      await using spool = new Spool(this.#services.spool);
      await fillSpool(spool, piecesOf(request.octets), () => signal.throwIfAborted());
      const message = new ArrivingMessage(factsOf(request, spool.octets), spool);
      const outcomes: PupilOutcome[] = [];
      for (const pupil of this.#pupils)
        outcomes.push(await this.#teachOne(pupil, request, message));
      return toReport(outcomes);
    });
  }

  async #teachOne(
    plugin: LoadedPlugin,
    { account, as, weight, source }: LessonRequest,
    message: ArrivingMessage,
  ): Promise<PupilOutcome> {
    const interest = new Interest();
    const lesson = { account, as, weight, source, message: message.viewWhile(interest) };
    try {
      const outcome = await guardWork(plugin, 'learn', this.#services.clock, undefined, async () =>
        plugin.instance.learn?.(lesson),
      );
      if (outcome === undefined) throw new TypeError('learn() returned no outcome');
      return { plugin: plugin.name, outcome };
    } catch (error) {
      const failure = toAppError(error);
      plugin.log.error({ err: failure, as, source }, 'plugin failed to learn');
      return { plugin: plugin.name, outcome: { kind: 'failed', reason: explain(failure) } };
    } finally {
      interest.end();
    }
  }
}

async function* piecesOf(octets: LessonRequest['octets']): AsyncGenerator<Buffer, void, void> {
  if (Buffer.isBuffer(octets)) yield octets;
  else yield* octets;
}

/** A lesson has no session: in its place stands where it comes from. */
function factsOf({ account, source }: LessonRequest, octets: number): MessageFacts {
  const maildrop = account ?? { user: '', upstreamHost: '' };
  return {
    session: {
      id: newId(),
      client: { address: '::', port: 0, listener: source, tls: undefined },
    },
    account: {
      user: maildrop.user,
      route: '',
      upstream: { host: maildrop.upstreamHost, port: 0, tlsMode: 'none', tls: undefined },
      maildrop,
    },
    number: 1,
    uidl: undefined,
    listedOctets: octets,
  };
}
