// Owns the server of the pages behind the links: who may ask how often, which link is for which page, and
// one answer for all links that are good for nothing. What the pages say and do is beside it.
import type { IncomingMessage } from 'node:http';
import { type Clock, systemClock } from '../../base/clock.ts';
import { toAppError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { NetworkSet } from '../../base/network.ts';
import type { TokenFacts } from '../../base/signed-token.ts';
import type { TrainingConfig } from '../../config/schema.ts';
import type { Quarantine } from '../../stores/store.ts';
import type { TrainingStore } from '../../stores/training-store.ts';
import type { TrainingMetrics } from '../../telemetry/training-metrics.ts';
import type { ContextSource } from '../../tls/server-tls.ts';
import type { GivenLesson } from '../../training/lesson-round.ts';
import { settleEntry } from '../../training/quarantine-lessons.ts';
import { mayRelease } from '../../training/spam-findings.ts';
import type { TrainingLinks } from '../../training/training-links.ts';
import {
  type HttpAddress,
  type HttpAnswer,
  type RunningHttpServer,
  startHttpServer,
} from '../http-server.ts';
import { methodNotAllowed, plain } from '../plain-answers.ts';
import { bodyOf } from '../request-body.ts';
import { askingAddress } from './asking-address.ts';
import { actOnMessage, learnActFrom, showMessage } from './learn-page.ts';
import { htmlAnswer, line, type PageContent } from './page-html.ts';
import { type PageWords, type SpokenWords, wordsFor } from './page-words.ts';
import { releaseAct, releaseHeld, showHeld } from './release-page.ts';
import { RequestLimit } from './request-limit.ts';

export interface TrainingPageServices {
  /** Those in force, asked for each request. */
  config(): TrainingConfig;
  /** Undefined once the configuration has no links any more. */
  links(): TrainingLinks | undefined;
  readonly store: TrainingStore;
  readonly quarantine: Quarantine;
  /** Gives a lesson that has been written down; undefined when another process is at it. */
  give(lesson: number): Promise<GivenLesson | undefined>;
  readonly metrics: TrainingMetrics;
  readonly tls: ContextSource | undefined;
  readonly log: Logger;
  readonly clock?: Clock;
}

const maxConnections = 256;
/** For engines to learn: then the page says that they will. */
const waitMs = 6000;
/** A button sends a dozen octets. */
const maxBodyBytes = 1024;

export function startTrainingServer(
  address: HttpAddress,
  services: TrainingPageServices,
): Promise<RunningHttpServer> {
  const { tls, log, clock = systemClock } = services;
  const pages = new TrainingPages(services, new RequestLimit(clock));
  const answer = (request: IncomingMessage): Promise<HttpAnswer> => pages.answer(request);
  return startHttpServer(address, { name: 'training', answer, tls, maxConnections, log, clock });
}

class TrainingPages {
  readonly #services: TrainingPageServices;
  readonly #limit: RequestLimit;

  constructor(services: TrainingPageServices, limit: RequestLimit) {
    this.#services = services;
    this.#limit = limit;
  }

  async answer(request: IncomingMessage): Promise<HttpAnswer> {
    const { metrics } = this.#services;
    const spoken = wordsFor(request.headers['accept-language']);
    if (!this.#limit.takes(this.#addressOf(request))) {
      metrics.page('limited');
      const fields = { 'Retry-After': '60' };
      return { ...plain(429, spoken.words.tooOften), fields };
    }
    const { method } = request;
    if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') {
      return methodNotAllowed('GET, HEAD, POST');
    }
    const act = method === 'POST' ? await actOf(request) : undefined;
    const facts = this.#services.links()?.verify(tokenOf(request));
    const content = facts && (await this.#pageFor(facts, method, act, spoken));
    if (content === undefined) {
      metrics.page('refused');
      return badLink(spoken);
    }
    metrics.page(method === 'POST' ? 'done' : 'shown');
    return htmlAnswer(spoken, content);
  }

  #addressOf({ socket, headers }: IncomingMessage): string {
    const { proxies } = this.#services.config().links ?? {};
    const set = proxies && new NetworkSet(proxies);
    return askingAddress(socket.remoteAddress, headers['x-forwarded-for'], set);
  }

  /** Undefined for what nothing is known of, or that no button sends. */
  async #pageFor(
    { purpose, object }: TokenFacts,
    method: 'GET' | 'HEAD' | 'POST',
    act: string | null | undefined,
    { words }: SpokenWords,
  ): Promise<PageContent | undefined> {
    if (method === 'POST' && act === undefined) return undefined;
    return purpose === 'learn'
      ? this.#learnPage(object, act, words)
      : this.#releasePage(object.toString('hex'), act, words);
  }

  async #learnPage(
    id: Buffer,
    text: string | null | undefined,
    words: PageWords,
  ): Promise<PageContent | undefined> {
    const { store, config } = this.#services;
    const give = (lesson: number) => this.#give(lesson);
    const services = { store, give, offersSenders: config().links?.senders === true };
    const kept = store.find(id);
    if (kept === undefined) return undefined;
    try {
      if (text === undefined) return await showMessage(kept, words, services);
      const act = learnActFrom(text, services);
      return act && (await actOnMessage(kept, act, words, services));
    } catch (error) {
      if (toAppError(error).code === 'TRAINING_MESSAGE_UNREADABLE') return undefined;
      throw error;
    }
  }

  /** It goes on while nobody waits for it any more. */
  async #give(lesson: number): Promise<GivenLesson | undefined> {
    const { give, clock = systemClock, log } = this.#services;
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = clock.after(waitMs, () => resolve(undefined));
    const given = give(lesson).catch((err: unknown) => {
      log.error({ err }, 'a lesson could not be given');
      return undefined;
    });
    try {
      return await Promise.race([given, late]);
    } finally {
      timer.cancel();
    }
  }

  async #releasePage(
    id: string,
    act: string | null | undefined,
    words: PageWords,
  ): Promise<PageContent | undefined> {
    const { quarantine, store, config, log } = this.#services;
    const { readerRelease, ...rest } = config();
    const entry = readerRelease && (await quarantine.find(id));
    if (entry === undefined) return undefined;
    const services = {
      mayRelease: () => mayRelease(entry.findings, readerRelease),
      isSafe: () => quarantine.isSafe(id),
      release: async () => {
        const lesson = await settleEntry(entry, 'released', { config: rest, store, quarantine });
        const { code, user } = entry;
        log.info({ code, user, lesson }, 'a reader has released a message');
      },
    };
    if (act === undefined) return showHeld(entry, words, services);
    return act === releaseAct ? releaseHeld(entry, words, services) : undefined;
  }
}

/** The last step of the path: what stands before it is the affair of the web server in front. */
function tokenOf({ url = '' }: IncomingMessage): string {
  const [path = ''] = url.split('?', 1);
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Null when no button was pressed, undefined when it is no form of ours. */
async function actOf(request: IncomingMessage): Promise<string | null | undefined> {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  const body = await bodyOf(request, maxBodyBytes);
  if (body === undefined || type !== 'application/x-www-form-urlencoded') return undefined;
  return new URLSearchParams(body.toString('latin1')).get('act');
}

/** The same for unknown, expired, forged and foreign links: it tells nothing of what there is. */
function badLink(spoken: SpokenWords): HttpAnswer {
  const { badLinkHeading: title, badLink: text } = spoken.words;
  return htmlAnswer(spoken, { status: 404, title, blocks: [line(text)] });
}
