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
import { okReply } from '../pop3/reply.ts';
import type { MaildropMessage, UpstreamMessage } from '../session/maildrop.ts';
import type { AccountKey, Cache, LetterBox, Quarantine } from '../stores/store.ts';
import type { CoreMetrics } from '../telemetry/core-metrics.ts';
import type { UpstreamClient } from '../upstream/client.ts';
import type { ClientOutput } from './client-output.ts';
import { KeepAlive } from './keep-alive.ts';
import { type DeliveryEvent, type Prepared, prepareDelivery } from './prepare-delivery.ts';
import type { AskedMessage } from './read-ahead.ts';
import { refusalReply } from './refuse.ts';
import { sendMessage } from './send-message.ts';
import { type Trouble, troublesOf } from './troubles.ts';

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

export async function deliver(
  delivery: Delivery,
  services: DeliveryServices,
): Promise<DeliveryOutcome> {
  const opened: AsyncDisposable[] = [];
  try {
    return await attempt(delivery, services, opened);
  } finally {
    for (const each of opened) await each[Symbol.asyncDispose]();
  }
}

/** What is opened on the way goes into `opened`. */
async function attempt(
  delivery: Delivery,
  services: DeliveryServices,
  opened: AsyncDisposable[],
): Promise<DeliveryOutcome> {
  const { message, listed, output, signal, log } = delivery;
  const announcedOctets = listed.octets;
  const { pipeline, clock, metrics } = services;
  const startedMs = clock.monotonicMs();
  const command = delivery.bodyLines === undefined ? 'RETR' : 'TOP';
  const event = (): DeliveryEvent => ({
    session: message.session,
    message,
    command,
    durationMs: Math.round(clock.monotonicMs() - startedMs),
  });
  const facts = { number: message.number, uidl: message.uidl, command };
  const troubles = troublesOf(delivery.account, message, services.troubles);
  const breakOff = async (error: unknown): Promise<DeliveryOutcome> => {
    output.cut();
    delivery.upstream.close();
    const { code } = toAppError(error);
    if (code === 'MESSAGE_TOO_LARGE') troubles.set('tooLarge');
    metrics.messageBroken(message.account.route, code);
    log.warn({ ...facts, err: error }, 'delivery broken off');
    await pipeline.observe({ kind: 'messageBroken', code, ...event() }, 'after');
    return broken;
  };
  const trouble = troubles.get();
  const keepAlive = new KeepAlive(clock, output, {
    status: () => statusLine(command, announcedOctets),
    mayBegin: trouble !== 'brokenPromise',
  });
  let prepared: Prepared;
  try {
    if (trouble === 'tooLarge') {
      // So that the messages behind it are fetched at every other poll at least.
      troubles.set('none');
      throw messageTooLarge();
    }
    prepared = await prepareDelivery(delivery, services, opened, keepAlive, event);
  } catch (error) {
    keepAlive.stop();
    if (keepAlive.hasBegun) {
      // Cut every time, this message would keep the client from those behind it.
      if (!signal.aborted) troubles.set('brokenPromise');
      return breakOff(error);
    }
    const { code } = toAppError(error);
    if (code === 'MESSAGE_TOO_LARGE' && !delivery.upstream.isOpen) troubles.set('tooLarge');
    log.warn({ ...facts, err: error }, 'message refused');
    metrics.messageRefused(message.account.route, code);
    await pipeline.observe({ kind: 'messageRefused', code, ...event() }, 'after');
    if (signal.aborted) return broken;
    await output.write([refusalReply(error)]);
    return { kind: 'refused' };
  }

  // Commit point: from here on the client has been promised a whole message.
  const { action, original } = prepared;
  const renderedOctets = prepared.kind === 'rendered' ? prepared.rendered.octets : undefined;
  const { source } = listed;
  try {
    const status = keepAlive.hasBegun
      ? undefined
      : statusLine(command, renderedOctets ?? announcedOctets);
    const sent =
      prepared.kind === 'relayed'
        ? await prepared.relayed.send(output, status)
        : await sendMessage(output, status, prepared.rendered, prepared.bodyLines);
    const octets = sent + keepAlive.octets;
    learnSize(delivery, services, renderedOctets, keepAlive.octets);
    const sentFacts = { octets, action, source, quarantineId: idInQuarantine(prepared, listed) };
    const facets = event();
    metrics.messageDelivered(message.account.route, action, octets, facets.durationMs);
    if (source === 'quarantine') metrics.quarantineReleased();
    await pipeline.observe({ kind: 'messageDelivered', ...sentFacts, ...facets }, 'after');
    // Of what nobody has looked at, the end of the session tells enough.
    log[pipeline.isEmpty ? 'debug' : 'info']({ ...facts, ...sentFacts }, 'message delivered');
    return { kind: 'delivered', original, octets };
  } catch (error) {
    return breakOff(error);
  }
}

/** Of what was kept, or of what has come back from there. */
function idInQuarantine({ original }: Prepared, listed: MaildropMessage): string | undefined {
  return listed.source === 'quarantine' ? listed.id : original;
}

function statusLine(command: 'RETR' | 'TOP', octets: number): Buffer {
  return okReply(command === 'RETR' ? `${octets} octets` : 'top of message follows');
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
