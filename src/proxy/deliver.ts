// Owns the delivery of one message. There is one commit point; before it every failure is a -ERR, after
// it the connection is cut without the final dot. What comes before is prepare-delivery.ts, the sending
// send-message.ts.
import type { Clock } from '../base/clock.ts';
import { toAppError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { LimitsConfig } from '../config/schema.ts';
import type { AnnouncedSizes } from '../pipeline/announced-sizes.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { Spool, type SpoolOptions } from '../pipeline/spool.ts';
import type { MessageFacts } from '../plugin-api/context.ts';
import { okReply } from '../pop3/reply.ts';
import type { AccountKey, Cache, Quarantine } from '../stores/store.ts';
import type { UpstreamClient } from '../upstream/client.ts';
import type { ClientOutput } from './client-output.ts';
import { KeepAlive } from './keep-alive.ts';
import { type DeliveryEvent, type Prepared, prepareDelivery } from './prepare-delivery.ts';
import { refusalReply } from './refuse.ts';
import { sendMessage } from './send-message.ts';

export interface DeliveryServices {
  readonly pipeline: Pipeline;
  readonly quarantine: Quarantine;
  readonly clock: Clock;
  readonly spool: SpoolOptions;
  readonly limits: LimitsConfig;
  readonly sizes: AnnouncedSizes;
  /** Messages whose delivery was cut after a promise: they get no promise before their verdict again. */
  readonly brokenPromises: Cache<true>;
  /** Whom the reader of a notice should ask. */
  readonly contact: string | undefined;
}

export interface Delivery {
  readonly message: MessageFacts;
  readonly upstreamNumber: number;
  /** Octets as the client was told. */
  readonly announcedOctets: number;
  readonly account: AccountKey;
  /** Undefined for RETR. */
  readonly bodyLines: number | undefined;
  readonly upstream: UpstreamClient;
  readonly output: ClientOutput;
  readonly log: Logger;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
}

/** `answered`: the session goes on. `broken`: the connection was cut, nothing may be deleted. */
export type DeliveryOutcome = 'answered' | 'broken';

export async function deliver(
  delivery: Delivery,
  services: DeliveryServices,
): Promise<DeliveryOutcome> {
  const { message, output, signal, log, announcedOctets } = delivery;
  const { pipeline, clock } = services;
  const startedMs = clock.monotonicMs();
  const command = delivery.bodyLines === undefined ? 'RETR' : 'TOP';
  const event = (): DeliveryEvent => ({
    session: message.session,
    message,
    command,
    durationMs: Math.round(clock.monotonicMs() - startedMs),
  });
  const facts = { number: message.number, uidl: message.uidl, command };
  const breakOff = async (error: unknown): Promise<DeliveryOutcome> => {
    output.cut();
    delivery.upstream.close();
    const { code } = toAppError(error);
    log.warn({ ...facts, err: error }, 'delivery broken off');
    await pipeline.observe({ kind: 'messageBroken', code, ...event() }, 'after');
    return 'broken';
  };
  await using spool = new Spool(services.spool);
  const keepAlive = new KeepAlive(clock, output, statusLine(command, announcedOctets));
  const promiseKey = `${delivery.account.user} ${delivery.account.upstreamHost} ${message.uidl ?? ''}`;
  if (services.brokenPromises.get(promiseKey) === undefined) keepAlive.start();
  let prepared: Prepared;
  try {
    prepared = await prepareDelivery(delivery, services, spool, keepAlive, event);
  } catch (error) {
    keepAlive.stop();
    if (keepAlive.hasBegun) {
      // Cut every time, this message would keep the client from those behind it.
      services.brokenPromises.set(promiseKey, true);
      return breakOff(error);
    }
    const { code } = toAppError(error);
    log.warn({ ...facts, err: error }, 'message refused');
    await pipeline.observe({ kind: 'messageRefused', code, ...event() }, 'after');
    if (signal.aborted) return 'broken';
    await output.write([refusalReply(error)]);
    return 'answered';
  }

  // Commit point: from here on the client has been promised a whole message.
  const { rendered, bodyLines, action } = prepared;
  try {
    const status = keepAlive.hasBegun
      ? undefined
      : statusLine(command, rendered.octets ?? announcedOctets);
    const sent = await sendMessage(output, status, rendered, bodyLines);
    const octets = sent + keepAlive.octets;
    learnSize(delivery, services, rendered.octets, keepAlive.octets);
    await pipeline.observe({ kind: 'messageDelivered', octets, action, ...event() }, 'after');
    log.info({ ...facts, octets, action }, 'message delivered');
    return 'answered';
  } catch (error) {
    return breakOff(error);
  }
}

function statusLine(command: 'RETR' | 'TOP', octets: number): Buffer {
  return okReply(command === 'RETR' ? `${octets} octets` : 'top of message follows');
}

/** What could not be met is remembered, so that the next listing tells it. */
function learnSize(
  { message, announcedOctets, account, log }: Delivery,
  { sizes }: DeliveryServices,
  renderedOctets: number | undefined,
  keepAliveOctets: number,
): void {
  if (renderedOctets === undefined) return;
  const octets = renderedOctets + keepAliveOctets;
  if (octets === announcedOctets) return;
  try {
    sizes.learn(account, message.uidl, octets);
  } catch (error) {
    // A wrong size in a later listing is no reason to break a delivery that went well.
    log.error({ err: error }, 'a final size could not be remembered');
  }
}
