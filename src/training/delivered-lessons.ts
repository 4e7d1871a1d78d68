// Owns what training has to do with messages on their way to a client: what is kept of them for a later
// lesson, the link that they get, and what is learned from those in a training mailbox.
import { createHash } from 'node:crypto';
import { matchesGlob } from '../base/glob.ts';
import type { Logger } from '../base/log.ts';
import type { TrainingConfig } from '../config/schema.ts';
import type { ArrivingMessage } from '../pipeline/arriving-message.ts';
import type { LearnLink } from '../pipeline/learn-link.ts';
import type { Judgement } from '../pipeline/pipeline.ts';
import type { TrainingStore } from '../stores/training-store.ts';
import type { TrainingMetrics } from '../telemetry/training-metrics.ts';
import { firstOctets } from './bounded-octets.ts';
import { type Example, readExamples } from './examples.ts';
import { mayRelease, type ReleasableFinding } from './spam-findings.ts';
import type { TrainingLinks } from './training-links.ts';

export interface DeliveredLessonsParts {
  readonly config: TrainingConfig;
  readonly store: TrainingStore;
  /** Undefined without `training.links`. */
  readonly links: TrainingLinks | undefined;
  /** Whether any plugin learns or keeps lists: where none does, nothing is kept. */
  hasPupils(): boolean;
  readonly metrics: TrainingMetrics;
  readonly log: Logger;
}

type Mailbox = TrainingConfig['mailboxes'][number];

export class DeliveredLessons {
  readonly #parts: DeliveredLessonsParts;

  constructor(parts: DeliveredLessonsParts) {
    this.#parts = parts;
  }

  /** Messages get more of a header than plugins add. */
  get marksMessages(): boolean {
    const { config, links } = this.#parts;
    return links !== undefined && (config.links?.header !== 'none' || this.#hasFooters);
  }

  /** Changes with what is added to messages. */
  get fingerprint(): string {
    const { url, header, footer } = this.#parts.config.links ?? {};
    return JSON.stringify([url, header, footer]);
  }

  /** A message that is about to be delivered. Undefined where it gets no link: that never stops a delivery. */
  async linkFor(message: ArrivingMessage, { spam }: Judgement): Promise<LearnLink | undefined> {
    const { config, links, store, hasPupils, log } = this.#parts;
    if (links === undefined || !this.marksMessages || !hasPupils()) return undefined;
    // What somebody sends to a training mailbox is no mail of its reader.
    if (this.#mailboxOf(message) !== undefined) return undefined;
    const { facts, spool } = message;
    const account = facts.account.maildrop;
    try {
      const id = await store.keep(
        { account, uidl: facts.uidl, sha256: spool.sha256 },
        spam?.result,
        () => firstOctets(spool.read(), config.keep.messageBytes),
      );
      const header = config.links?.header ?? 'none';
      const judged = spam?.result ?? 'unsure';
      return {
        url: links.toLearn(id),
        headerField: header === 'none' ? undefined : header,
        footerFor: config.links?.footer.includes(judged) === true ? judged : undefined,
      };
    } catch (err) {
      log.error({ err }, 'a message could not be kept for lessons; it gets no link');
      return undefined;
    }
  }

  /** For the reader of a notice about what was kept; undefined where he has to ask. */
  releaseUrl(
    { id }: { readonly id: string },
    findings: readonly ReleasableFinding[],
  ): string | undefined {
    const { links, config } = this.#parts;
    return mayRelease(findings, config.readerRelease) ? links?.toRelease(id) : undefined;
  }

  /** A message that was asked for whole; of those in training mailboxes lessons are noted. */
  async takeExamples(message: ArrivingMessage): Promise<void> {
    const mailbox = this.#mailboxOf(message);
    if (mailbox === undefined) return;
    const { config, links, log } = this.#parts;
    const { session, uidl } = message.facts;
    const headerField = config.links?.header;
    try {
      const found = await readExamples(message, { links, headerField });
      const noted = { signed: 0, unsigned: 0, shared: 0 };
      for (const example of found) noted[await this.#note(example, mailbox, message)] += 1;
      log.info(
        { session: session.id, uidl, as: mailbox.as, ...noted },
        'examples in a training mailbox',
      );
    } catch (err) {
      log.warn({ session: session.id, uidl, err }, 'no examples could be taken from a message');
    }
  }

  async #note(
    example: Example,
    { as, unsigned }: Mailbox,
    { spool }: ArrivingMessage,
  ): Promise<'signed' | 'unsigned' | 'shared'> {
    const { store, metrics, config } = this.#parts;
    const common = { what: as, weight: 'correction', source: 'forwarded' } as const;
    if (example.kind === 'signed') {
      // Collected again, the same message says nothing new; what is no longer kept cannot be learned.
      const known = store.find(example.message);
      if (known !== undefined && known.taught !== as) {
        store.note({ message: example.message, ...common });
      }
      metrics.example(as, known === undefined ? 'unsigned' : 'signed');
      return known === undefined ? 'unsigned' : 'signed';
    }
    if (unsigned === 'ignore') {
      metrics.example(as, 'unsigned');
      return 'unsigned';
    }
    const maxBytes = Math.min(config.keep.messageBytes, example.end - example.start);
    const octets = await firstOctets(spool.read(example.start), maxBytes);
    const message = await store.keep(
      { account: undefined, uidl: undefined, sha256: digestOf(octets) },
      undefined,
      async () => octets,
    );
    if (store.find(message)?.taught !== as) store.note({ message, ...common });
    metrics.example(as, 'shared');
    return 'shared';
  }

  get #hasFooters(): boolean {
    return (this.#parts.config.links?.footer.length ?? 0) > 0;
  }

  #mailboxOf({ facts }: ArrivingMessage): Mailbox | undefined {
    const { mailboxes } = this.#parts.config;
    const { user } = facts.account;
    return mailboxes.find((mailbox) => matchesGlob(mailbox.user, user));
  }
}

function digestOf(octets: Buffer): string {
  return createHash('sha256').update(octets).digest('hex');
}
