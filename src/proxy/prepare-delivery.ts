// Owns everything before the commit point of a delivery: fetch, judge, keep the original or edit the
// header. Whatever goes wrong here rejects, and no octet of the message has left.
import { AppError, toAppError } from '../base/errors.ts';
import type { HeaderBlock } from '../message/header-block.ts';
import { ArrivingMessage } from '../pipeline/arriving-message.ts';
import { renderNotice } from '../pipeline/notice.ts';
import type { Judgement } from '../pipeline/pipeline.ts';
import type { Finding } from '../pipeline/policy.ts';
import { type Rendered, renderArriving, renderEdited } from '../pipeline/render.ts';
import { messageTooLarge, type Spool } from '../pipeline/spool.ts';
import type { Action, MessageFacts } from '../plugin-api/context.ts';
import type { Delivery, DeliveryServices } from './deliver.ts';
import type { KeepAlive } from './keep-alive.ts';

/** A message that is ready to be sent, and why it looks as it does. */
export interface Prepared {
  readonly rendered: Rendered;
  /** Lines of the body still to be cut off; undefined when all of `rendered` is sent. */
  readonly bodyLines: number | undefined;
  readonly action: Action;
}

/** Facts that every observation of one delivery shares. */
export interface DeliveryEvent {
  readonly session: MessageFacts['session'];
  readonly message: MessageFacts;
  readonly command: 'RETR' | 'TOP';
  readonly durationMs: number;
}

export async function prepareDelivery(
  delivery: Delivery,
  services: DeliveryServices,
  spool: Spool,
  keepAlive: KeepAlive,
  event: () => DeliveryEvent,
): Promise<Prepared> {
  const { message: facts, bodyLines, signal } = delivery;
  const { pipeline, limits } = services;
  signal.throwIfAborted();
  if (facts.listedOctets > limits.maxMessageBytes) throw messageTooLarge();
  if (pipeline.isEmpty && (bodyLines === undefined || delivery.upstream.hasTop)) {
    // Nothing is judged, so nothing is waited for but the upstream's own +OK.
    fetchInto(spool, delivery, bodyLines);
    await spool.until(1);
    keepAlive.stop();
    return { rendered: renderArriving(spool), bodyLines: undefined, action: 'pass' };
  }
  // TOP is cut from what RETR would give, so all of the message is needed for it too.
  fetchInto(spool, delivery, undefined);
  const message = new ArrivingMessage(facts, spool);
  const judgement = await pipeline.judge(message, signal);
  const { decision, verdicts } = judgement;
  if (decision.action === 'defer') throw deferred(decision.reason);
  const quarantineId =
    decision.action === 'replace'
      ? await keepOriginal(message, decision.findings, services)
      : undefined;
  // The lines sent so far count towards the size, so no more may follow.
  keepAlive.stop();
  const isFilled = pipeline.editsHeaders || decision.action === 'replace';
  const targetOctets =
    isFilled && services.sizes.isTruthful ? delivery.announcedOctets - keepAlive.octets : undefined;
  const rendered = await render(message, judgement, quarantineId, targetOctets, delivery, services);
  await pipeline.observe(
    {
      kind: 'messageJudged',
      octets: spool.octets,
      sha256: spool.sha256,
      verdicts,
      action: decision.action,
      quarantineId,
      ...event(),
    },
    'before',
  );
  signal.throwIfAborted();
  return { rendered, bodyLines, action: decision.action };
}

/** Starts the download; its end or failure is seen through the spool. */
function fetchInto(spool: Spool, delivery: Delivery, bodyLines: number | undefined): void {
  const { upstream, upstreamNumber, signal } = delivery;
  const onAbort = (): void => {
    spool.fail(toAppError(signal.reason));
    upstream.close();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  upstream
    .retrieve(upstreamNumber, spool, bodyLines)
    .then(
      () => spool.complete(),
      (error: unknown) => spool.fail(toAppError(error)),
    )
    .finally(() => signal.removeEventListener('abort', onAbort));
}

async function render(
  message: ArrivingMessage,
  judgement: Judgement,
  quarantineId: string | undefined,
  targetOctets: number | undefined,
  { signal }: Delivery,
  { pipeline, contact }: DeliveryServices,
): Promise<Rendered> {
  const { decision } = judgement;
  if (decision.action === 'replace' && quarantineId !== undefined) {
    const original = await headerIfReadable(message);
    const { findings } = decision;
    return renderNotice({ original, findings, quarantineId, contact, targetOctets });
  }
  const edits = await pipeline.transform(message, judgement, signal);
  return renderEdited(message.spool, await message.header(), edits, targetOctets);
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

function deferred(reason: string): AppError {
  return new AppError('MESSAGE_DEFERRED', {
    fault: 'plugin',
    publicText: 'the message cannot be checked now, try again later',
    details: { reason },
  });
}
