// Owns the delivery of one message. There is one commit point; before it every failure is a -ERR, after
// it the connection is cut without the final dot. What comes before is prepare-delivery.ts, the sending
// send-message.ts.
import type { Clock } from '../base/clock.ts';
import { toAppError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { LimitsConfig } from '../config/schema.ts';
import type { AnnouncedSizes } from '../pipeline/announced-sizes.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { NoticeServices } from '../pipeline/render-decision.ts';
import { messageTooLarge, type SpoolOptions } from '../pipeline/spool.ts';
import type { MessageFacts } from '../plugin-api/message-view.ts';
import type { SpamAssessment } from '../plugin-api/observation.ts';
import { okReply } from '../pop3/reply.ts';
import type { MaildropMessage, UpstreamMessage } from '../session/maildrop.ts';
import type { AccountKey, Cache, LetterBox, Quarantine } from '../stores/store.ts';
import type { CoreMetrics } from '../telemetry/core-metrics.ts';
import type { UpstreamClient } from '../upstream/client.ts';
import type { ClientOutput } from './client-output.ts';
import type { DeliveryTraining } from './delivery-training.ts';
import { KeepAlive } from './keep-alive.ts';
import {
  type DeliveryEvent,
  type DeliveryProgress,
  type Prepared,
  prepareDelivery,
} from './prepare-delivery.ts';
import type { AskedMessage } from './read-ahead.ts';
import { refusalReply } from './refuse.ts';
import { sendMessage } from './send-message.ts';
import { MessageTrouble, type Trouble } from './troubles.ts';

export interface DeliveryServices {
  readonly pipeline: Pipeline;
  readonly quarantine: Quarantine;
  readonly clock: Clock;
  readonly spool: SpoolOptions;
  readonly limits: LimitsConfig;
  readonly sizes: AnnouncedSizes;
  /** What went wrong with messages at earlier polls. */
  readonly troubles: Cache<Trouble>;
  readonly letters: LetterBox;
  readonly notice: NoticeServices;
  /** Undefined where readers teach nothing. */
  readonly training?: DeliveryTraining | undefined;
  readonly metrics: CoreMetrics;
}

export interface Delivery {
  readonly message: MessageFacts;
  /** As it stands in the maildrop of this session. */
  readonly listed: MaildropMessage;
  readonly account: AccountKey;
  /** Undefined for RETR. */
  readonly bodyLines: number | undefined;
  readonly upstream: UpstreamClient;
  /** The message from the upstream, asked for now or before; the delivery disposes of it. */
  ask(message: UpstreamMessage): AskedMessage;
  readonly output: ClientOutput;
  /** As asked for by LANG in this session. */
  readonly wishedLanguage: string | undefined;
  readonly log: Logger;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
}

export type DeliveryOutcome =
  /** `original`: the client was given something in its place, and the original is in quarantine. */
  | {
      readonly kind: 'delivered';
      readonly original: string | undefined;
      readonly octets: number;
    }
  /** The client got -ERR and may ask again. */
  | { readonly kind: 'refused' }
  /** The connection was cut, nothing may be deleted. */
  | { readonly kind: 'broken' };

const broken: DeliveryOutcome = { kind: 'broken' };

/** Delivers one message; rejects only when the client is gone before it could be answered. */
export async function deliver(
  delivery: Delivery,
  services: DeliveryServices,
): Promise<DeliveryOutcome> {
  const attempt = new DeliveryAttempt(delivery, services);
  try {
    return await attempt.run();
  } finally {
    for (const each of attempt.opened) await each[Symbol.asyncDispose]();
  }
}

class DeliveryAttempt implements DeliveryProgress {
  readonly #delivery: Delivery;
  readonly #services: DeliveryServices;
  readonly #command: 'RETR' | 'TOP';
  readonly #trouble: MessageTrouble;
  readonly #startedMs: number;
  readonly opened: AsyncDisposable[] = [];
  readonly keepAlive: KeepAlive;

  constructor(delivery: Delivery, services: DeliveryServices) {
    const { message, account, output, bodyLines } = delivery;
    this.#delivery = delivery;
    this.#services = services;
    this.#startedMs = services.clock.monotonicMs();
    this.#command = bodyLines === undefined ? 'RETR' : 'TOP';
    this.#trouble = new MessageTrouble(account, message, services.troubles);
    this.keepAlive = new KeepAlive(services.clock, output, this);
  }

  /** What the client is promised when the first line is sent before the verdict. */
  status(): Buffer {
    return this.#statusLine(this.#delivery.listed.octets);
  }

  event(): DeliveryEvent {
    const { message } = this.#delivery;
    const durationMs = Math.round(this.#services.clock.monotonicMs() - this.#startedMs);
    return { session: message.session, message, command: this.#command, durationMs };
  }

  async run(): Promise<DeliveryOutcome> {
    let prepared: Prepared;
    try {
      const trouble = this.#trouble.get();
      if (trouble === 'tooLarge') {
        // So that the messages behind it are fetched at every other poll at least.
        this.#trouble.set('retried');
        throw messageTooLarge();
      }
      if (trouble === 'brokenPromise') this.keepAlive.forbid();
      prepared = await prepareDelivery(this.#delivery, this.#services, this);
    } catch (error) {
      return this.#notPrepared(error);
    }
    // Commit point: from here on the client has been promised a whole message.
    try {
      return await this.#send(prepared);
    } catch (error) {
      return this.#breakOff(error);
    }
  }

  async #send(prepared: Prepared): Promise<DeliveryOutcome> {
    const { message, listed, output, log } = this.#delivery;
    const { pipeline, metrics } = this.#services;
    const { keepAlive } = this;
    const { action, original } = prepared;
    const renderedOctets = prepared.kind === 'rendered' ? prepared.rendered.octets : undefined;
    const status = keepAlive.hasBegun
      ? undefined
      : this.#statusLine(renderedOctets ?? listed.octets);
    const sent =
      prepared.kind === 'relayed'
        ? await prepared.relayed.send(output, status)
        : await sendMessage(output, status, prepared.rendered, prepared.bodyLines);
    const octets = sent + keepAlive.octets;
    learnSize(this.#delivery, this.#services, renderedOctets, keepAlive.octets);
    const event = this.event();
    metrics.messageDelivered(message.account.route, action, octets, event.durationMs);
    const { source } = listed;
    if (source === 'quarantine') metrics.quarantineReleased();
    // Of what nobody looks at, the end of the session tells enough.
    if (!pipeline.isEmpty) {
      const facts = { octets, action, source, quarantineId: idInQuarantine(prepared, listed) };
      await pipeline.observe({ kind: 'messageDelivered', ...facts, ...event }, 'after');
      const spam = prepared.kind === 'rendered' && prepared.spam ? spamFacts(prepared.spam) : {};
      log.info({ ...this.#facts(), ...facts, ...spam }, 'message delivered');
    }
    return { kind: 'delivered', original, octets };
  }

  async #notPrepared(error: unknown): Promise<DeliveryOutcome> {
    const { message, upstream, output, signal, log } = this.#delivery;
    const { pipeline, metrics } = this.#services;
    this.keepAlive.stop();
    if (this.keepAlive.hasBegun) {
      // Cut every time, this message would keep the client from those behind it.
      if (!signal.aborted) this.#trouble.set('brokenPromise');
      return this.#breakOff(error);
    }
    const { code } = toAppError(error);
    if (code === 'MESSAGE_TOO_LARGE' && !upstream.isOpen) this.#trouble.set('tooLarge');
    log.warn({ ...this.#facts(), err: error }, 'message refused');
    metrics.messageRefused(message.account.route, code);
    await pipeline.observe({ kind: 'messageRefused', code, ...this.event() }, 'after');
    if (signal.aborted) return broken;
    await output.write([refusalReply(error)]);
    return { kind: 'refused' };
  }

  async #breakOff(error: unknown): Promise<DeliveryOutcome> {
    const { message, upstream, output, log } = this.#delivery;
    const { pipeline, metrics } = this.#services;
    output.cut();
    upstream.close();
    const { code } = toAppError(error);
    if (code === 'MESSAGE_TOO_LARGE') this.#trouble.set('tooLarge');
    metrics.messageBroken(message.account.route, code);
    log.warn({ ...this.#facts(), err: error }, 'delivery broken off');
    await pipeline.observe({ kind: 'messageBroken', code, ...this.event() }, 'after');
    return broken;
  }

  #facts(): { number: number; uidl: string | undefined; command: string } {
    const { number, uidl } = this.#delivery.message;
    return { number, uidl, command: this.#command };
  }

  #statusLine(octets: number): Buffer {
    return okReply(this.#command === 'RETR' ? `${octets} octets` : 'top of message follows');
  }
}

/** Of what was kept, or of what has come back from there. */
function idInQuarantine({ original }: Prepared, listed: MaildropMessage): string | undefined {
  return listed.source === 'quarantine' ? listed.id : original;
}

/** What could not be met is remembered, so that the next listing tells it. */
function learnSize(
  { message, listed, account, log }: Delivery,
  { sizes }: DeliveryServices,
  renderedOctets: number | undefined,
  keepAliveOctets: number,
): void {
  if (renderedOctets === undefined || listed.source !== 'upstream') return;
  const octets = renderedOctets + keepAliveOctets;
  if (octets === listed.octets) return;
  try {
    sizes.learn(account, message.uidl, octets);
  } catch (error) {
    // A wrong size in a later listing is no reason to break a delivery that went well.
    log.error({ err: error }, 'a final size could not be remembered');
  }
}

/** The grounds stand in the audit trail. */
function spamFacts({ result, probability, parts }: SpamAssessment): Record<string, unknown> {
  const engines = parts.map(({ plugin, logOdds, weight }) => [plugin, logOdds * weight] as const);
  return { spam: result, spamProbability: probability, spamParts: Object.fromEntries(engines) };
}
