// Owns everything before the commit point of a delivery: fetch, judge, keep the original or edit the
// message. Whatever goes wrong here rejects, and no octet of the message has left.
import { AppError } from '../base/errors.ts';
import { ArrivingMessage } from '../pipeline/arriving-message.ts';
import { fillSpool } from '../pipeline/fill-spool.ts';
import type { LearnLink } from '../pipeline/learn-link.ts';
import { MessageEdits } from '../pipeline/message-edits.ts';
import type { Judgement } from '../pipeline/pipeline.ts';
import type { Decision } from '../pipeline/policy.ts';
import { type Rendered, renderArriving, renderEdited, renderWhole } from '../pipeline/render.ts';
import { renderDecision } from '../pipeline/render-decision.ts';
import { messageTooLarge, Spool } from '../pipeline/spool.ts';
import type { MessageFacts } from '../plugin-api/message-view.ts';
import type { Action, SpamAssessment } from '../plugin-api/observation.ts';
import type { StoredMessage } from '../session/maildrop.ts';
import type { MaildropOwner, StoredQuarantine } from '../stores/store.ts';
import type { Delivery, DeliveryServices } from './deliver.ts';
import type { KeepAlive } from './keep-alive.ts';
import { keepOriginal } from './keep-original.ts';
import type { RelayedMessage } from './relayed-message.ts';

/** A message that is ready to be sent, and why it looks as it does. */
export type Prepared = RenderedDelivery | RelayedDelivery;

export interface RenderedDelivery {
  readonly kind: 'rendered';
  readonly rendered: Rendered;
  /** Lines of the body still to be cut off; undefined when all of `rendered` is sent. */
  readonly bodyLines: number | undefined;
  readonly action: Action;
  /** Id in quarantine of the message that the client is not given as it was. */
  readonly original: string | undefined;
  /** Undefined when no engine gave a score. */
  readonly spam: SpamAssessment | undefined;
}

/** What nobody looks at is not stored either. */
export interface RelayedDelivery {
  readonly kind: 'relayed';
  readonly relayed: RelayedMessage;
  readonly action: 'pass';
  readonly original: undefined;
}

/** Facts that every observation of one delivery shares. */
export interface DeliveryEvent {
  readonly session: MessageFacts['session'];
  readonly message: MessageFacts;
  readonly command: 'RETR' | 'TOP';
  readonly durationMs: number;
}

/** What a delivery has at hand while it is prepared. */
export interface DeliveryProgress {
  /** Disposed of when the delivery is over. */
  readonly opened: AsyncDisposable[];
  readonly keepAlive: KeepAlive;
  event(): DeliveryEvent;
}

export async function prepareDelivery(
  delivery: Delivery,
  services: DeliveryServices,
  progress: DeliveryProgress,
): Promise<Prepared> {
  const { opened, keepAlive } = progress;
  const { message: facts, listed, bodyLines, signal } = delivery;
  const { pipeline, limits } = services;
  signal.throwIfAborted();
  if (listed.source !== 'upstream') return prepareStored(delivery, listed, services, opened);
  if (facts.listedOctets > limits.maxMessageBytes) throw messageTooLarge();
  const asked = delivery.ask(listed);
  opened.push(asked);
  if (asked.kind === 'relayed') return prepareRelayed(asked, keepAlive);
  const { spool } = asked;
  keepAlive.start();
  const { message, judgement } = await asked.judgement(signal);
  const { decision, verdicts, spam } = judgement;
  const { action } = decision;
  for (const { plugin, verdict } of verdicts) services.metrics.verdict(plugin, verdict.kind);
  if (spam !== undefined) services.metrics.spamResult(spam.result);
  const kept = await keepIfNeeded(message, judgement, delivery.account, services);
  // The lines sent so far count towards the size, so no more may follow.
  keepAlive.stop();
  const record = (): Promise<void> =>
    pipeline.observe(
      {
        kind: 'messageJudged',
        octets: spool.octets,
        sha256: spool.sha256,
        verdicts,
        spam,
        action,
        quarantineId: kept?.id,
        ...progress.event(),
      },
      'before',
    );
  if (decision.action === 'defer' || decision.action === 'hide') {
    await record();
    throw decision.action === 'defer' ? deferred(decision.reason) : hidden();
  }
  const { training } = services;
  if (bodyLines === undefined) await training?.takeExamples(message);
  const link = pipeline.isIdle ? undefined : await linkFor(message, judgement, services);
  const isFilled = pipeline.editsHeaders || link !== undefined || kept !== undefined;
  const targetOctets =
    isFilled && services.sizes.isTruthful ? listed.octets - keepAlive.octets : undefined;
  const { notice } = services;
  const { wishedLanguage } = delivery;
  const releaseUrl = kept && training?.releaseUrl(kept, findingsOf(decision));
  const common = { pipeline, notice, wishedLanguage, targetOctets, signal };
  const task = { ...common, kept, link, releaseUrl };
  const rendered = await renderDecision(message, judgement, task);
  await record();
  signal.throwIfAborted();
  // Plugins in shadow have been tried by now, and the message leaves as without them.
  const isAsItCame = pipeline.isIdle && bodyLines === undefined;
  return {
    kind: 'rendered',
    rendered: isAsItCame ? renderArriving(spool) : rendered,
    bodyLines,
    action,
    original: kept?.id,
    spam,
  };
}

/** Nothing is judged, so nothing is waited for but the upstream's own +OK. */
async function prepareRelayed(relayed: RelayedMessage, keepAlive: KeepAlive): Promise<Prepared> {
  if (!relayed.hasBegun) {
    keepAlive.start();
    await relayed.begin();
    keepAlive.stop();
  }
  return { kind: 'relayed', relayed, action: 'pass', original: undefined };
}

/** Only what is delivered gets one; behind a notice the original is found in quarantine. */
async function linkFor(
  message: ArrivingMessage,
  judgement: Judgement,
  { training }: DeliveryServices,
): Promise<LearnLink | undefined> {
  const { action } = judgement.decision;
  if (action !== 'pass' && action !== 'tag' && action !== 'strip') return undefined;
  return training?.linkFor(message, judgement);
}

function findingsOf(decision: Decision): { readonly plugin: string; readonly finding: string }[] {
  if (!('findings' in decision)) return [];
  return decision.findings.map(({ plugin, block: { finding } }) => ({ plugin, finding }));
}

/** The original is safely stored before anything takes its place. */
async function keepIfNeeded(
  message: ArrivingMessage,
  { decision }: Judgement,
  owner: MaildropOwner,
  { quarantine, metrics }: DeliveryServices,
): Promise<StoredQuarantine | undefined> {
  const { action } = decision;
  if (action === 'pass' || action === 'tag' || action === 'defer') return undefined;
  const kept = await keepOriginal(message, owner, action, decision.findings, quarantine);
  if (kept.isNew) metrics.quarantineStored(action);
  return kept;
}

/** What Postern keeps is sent as it is: it was judged when it came, and let go by the administrator. */
async function prepareStored(
  { message: facts, bodyLines, signal }: Delivery,
  { source, id }: StoredMessage,
  { quarantine, letters, spool: options }: DeliveryServices,
  opened: AsyncDisposable[],
): Promise<RenderedDelivery> {
  const spool = new Spool(options);
  opened.push(spool);
  const content = source === 'letter' ? letterOf(await letters.read(id)) : quarantine.read(id);
  await fillSpool(spool, content, () => signal.throwIfAborted());
  const judgedBefore = { action: 'pass', original: undefined, spam: undefined } as const;
  const prepared = { kind: 'rendered', bodyLines, ...judgedBefore } as const;
  // Only TOP has to know where the header ends, which not every original tells.
  if (bodyLines === undefined) return { ...prepared, rendered: renderWhole(spool) };
  const header = await new ArrivingMessage(facts, spool).header();
  return { ...prepared, rendered: renderEdited(new MessageEdits(spool, header), undefined) };
}

async function* letterOf(content: Buffer): AsyncGenerator<Buffer, void, void> {
  yield content;
}

function deferred(reason: string): AppError {
  return new AppError('MESSAGE_DEFERRED', {
    fault: 'plugin',
    publicText: 'the message cannot be checked now, try again later',
    details: { reason },
  });
}

function hidden(): AppError {
  return new AppError('MESSAGE_HIDDEN', {
    fault: 'plugin',
    publicText: 'the message is held back by the mail filter',
  });
}
