// Owns the delivery of one message: fetch, judge, keep or replace, send. There is one commit point;
// before it every failure is a -ERR, after it the connection is cut without the final dot.
import type { Clock } from '../base/clock.ts';
import { AppError, toAppError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { LimitsConfig } from '../config/schema.ts';
import type { HeaderBlock } from '../message/header-block.ts';
import { ArrivingMessage } from '../pipeline/arriving-message.ts';
import { renderNotice } from '../pipeline/notice.ts';
import type { Judgement, Pipeline } from '../pipeline/pipeline.ts';
import type { Finding } from '../pipeline/policy.ts';
import { type Rendered, renderEdited, renderUntouched } from '../pipeline/render.ts';
import { Spool, type SpoolOptions } from '../pipeline/spool.ts';
import type { Action, MessageFacts } from '../plugin-api/context.ts';
import type { Quarantine } from '../stores/store.ts';
import type { UpstreamClient } from '../upstream/client.ts';
import type { ClientOutput } from './client-output.ts';
import { refusalReply } from './refuse.ts';
import { sendMessage } from './send-message.ts';

export interface DeliveryServices {
  readonly pipeline: Pipeline;
  readonly quarantine: Quarantine;
  readonly clock: Clock;
  readonly spool: SpoolOptions;
  readonly limits: LimitsConfig;
  /** Whom the reader of a notice should ask. */
  readonly contact: string | undefined;
}

export interface Delivery {
  readonly message: MessageFacts;
  readonly upstreamNumber: number;
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

/** A message that is ready to be sent, and why it looks as it does. */
interface Prepared {
  readonly rendered: Rendered;
  readonly action: Action;
}

export async function deliver(
  delivery: Delivery,
  services: DeliveryServices,
): Promise<DeliveryOutcome> {
  const { message, output, signal, log } = delivery;
  const { pipeline, clock } = services;
  const startedMs = clock.monotonicMs();
  const command = delivery.bodyLines === undefined ? 'RETR' : 'TOP';
  const event = () =>
    ({
      session: message.session,
      message,
      command,
      durationMs: Math.round(clock.monotonicMs() - startedMs),
    }) as const;
  await using spool = new Spool(services.spool);
  let prepared: Prepared;
  try {
    prepared = await prepare(delivery, services, spool, event);
  } catch (error) {
    const { code } = toAppError(error);
    log.warn({ ...about(message), err: error, command }, 'message refused');
    await pipeline.observe({ kind: 'messageRefused', code, ...event() }, 'after');
    if (signal.aborted) return 'broken';
    await output.write([refusalReply(error)]);
    return 'answered';
  }

  // Commit point: from here on the client has been promised a whole message.
  const { rendered, action } = prepared;
  try {
    const octets = await sendMessage(output, rendered, delivery.bodyLines);
    await pipeline.observe({ kind: 'messageDelivered', octets, action, ...event() }, 'after');
    log.info({ ...about(message), octets, action, command }, 'message delivered');
    return 'answered';
  } catch (error) {
    output.cut();
    delivery.upstream.close();
    const { code } = toAppError(error);
    log.warn({ ...about(message), err: error, command }, 'delivery broken off');
    await pipeline.observe({ kind: 'messageBroken', code, ...event() }, 'after');
    return 'broken';
  }
}

function about(message: MessageFacts): { number: number; uidl: string | undefined } {
  return { number: message.number, uidl: message.uidl };
}

/** Everything before the commit point. Whatever goes wrong here rejects. */
async function prepare(
  delivery: Delivery,
  services: DeliveryServices,
  spool: Spool,
  event: () => EventFacts,
): Promise<Prepared> {
  const { message: facts, signal } = delivery;
  const { pipeline } = services;
  signal.throwIfAborted();
  if (facts.listedOctets > services.limits.maxMessageBytes) throw tooLarge();
  fetchInto(spool, delivery);

  const message = new ArrivingMessage(facts, spool);
  const judgement = await pipeline.judge(message, signal);
  const { decision, verdicts } = judgement;
  if (decision.action === 'defer') throw deferred(decision.reason);
  const isReplaced = decision.action === 'replace';
  const quarantineId = isReplaced
    ? await keepOriginal(message, decision.findings, services)
    : undefined;
  const rendered = isReplaced
    ? renderNotice({
        original: await headerIfReadable(message),
        findings: decision.findings,
        quarantineId: quarantineId ?? '',
        contact: services.contact,
      })
    : await renderPassed(message, judgement, delivery, pipeline);
  const judged = { octets: spool.octets, sha256: spool.sha256, verdicts, quarantineId };
  await pipeline.observe(
    { kind: 'messageJudged', action: decision.action, ...judged, ...event() },
    'before',
  );
  signal.throwIfAborted();
  return { rendered, action: decision.action };
}

type EventFacts = Readonly<{
  session: MessageFacts['session'];
  message: MessageFacts;
  command: 'RETR' | 'TOP';
  durationMs: number;
}>;

/** Starts the download; its end or failure is seen through the spool. */
function fetchInto(spool: Spool, { upstream, upstreamNumber, signal }: Delivery): void {
  const onAbort = (): void => {
    spool.fail(toAppError(signal.reason));
    upstream.close();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  upstream
    .retrieve(upstreamNumber, spool)
    .then(
      () => spool.complete(),
      (error: unknown) => spool.fail(toAppError(error)),
    )
    .finally(() => signal.removeEventListener('abort', onAbort));
}

async function renderPassed(
  message: ArrivingMessage,
  judgement: Judgement,
  { bodyLines, signal }: Delivery,
  pipeline: Pipeline,
): Promise<Rendered> {
  if (pipeline.isEmpty && bodyLines === undefined) return renderUntouched(message.spool);
  const edits = await pipeline.transform(message, judgement, signal);
  return renderEdited(message.spool, await message.header(), edits);
}

/** The original is safely stored before anything takes its place. */
async function keepOriginal(
  message: ArrivingMessage,
  findings: readonly Finding[],
  { quarantine }: DeliveryServices,
): Promise<string> {
  const { facts, spool } = message;
  const header = await headerIfReadable(message);
  const record = {
    user: facts.account.user,
    upstreamHost: facts.account.upstream.host,
    uidl: facts.uidl,
    sha256: spool.sha256,
    octets: spool.octets,
    findings: findings.map(({ plugin, block: { finding, part } }) => ({
      plugin,
      finding,
      ...(part === undefined ? {} : { part }),
    })),
    from: header?.text('From'),
    subject: header?.text('Subject'),
    date: header?.text('Date'),
    messageId: header?.text('Message-ID'),
    sessionId: facts.session.id,
    clientAddress: facts.session.client.address,
  };
  const { id } = await quarantine.put(record, spool.read());
  return id;
}

async function headerIfReadable(message: ArrivingMessage): Promise<HeaderBlock | undefined> {
  try {
    return await message.header();
  } catch (error) {
    if (toAppError(error).code === 'MESSAGE_HEADER_TOO_LARGE') return undefined;
    throw error;
  }
}

function tooLarge(): AppError {
  return new AppError('MESSAGE_TOO_LARGE', {
    fault: 'upstream',
    publicText: 'the message is larger than this proxy allows',
    responseCode: 'SYS/PERM',
  });
}

function deferred(reason: string): AppError {
  return new AppError('MESSAGE_DEFERRED', {
    fault: 'plugin',
    publicText: 'the message cannot be checked now, try again later',
    details: { reason },
  });
}
