// Owns running the chain of a configuration over messages without a proxy, a client or an upstream.
// Nothing is stored or recorded: no quarantine, no audit.
import { buildPipeline } from '../app/chain.ts';
import { loadNotices } from '../app/notices.ts';
import { memoryStores } from '../app/plugin-stores.ts';
import { silentLogger } from '../base/log.ts';
import type { LoadedConfig } from '../config/load.ts';
import { ArrivingMessage } from '../pipeline/arriving-message.ts';
import type { Judgement, Pipeline } from '../pipeline/pipeline.ts';
import {
  type NoticeServices,
  type RenderTask,
  renderDecision,
} from '../pipeline/render-decision.ts';
import { sampleFacts, spoolOf } from '../pipeline/testing.ts';
import type { MessageFacts } from '../plugin-api/message-view.ts';
import type { Action, NamedVerdict, SpamAssessment } from '../plugin-api/observation.ts';

export interface TrialResult {
  readonly sha256: string;
  readonly verdicts: readonly NamedVerdict[];
  /** Undefined when no engine gave a score. */
  readonly spam: SpamAssessment | undefined;
  readonly action: Action;
  /** The message as a client would get it; undefined when it would be deferred or hidden. */
  readonly output: Buffer | undefined;
}

const notStored = '(not stored: this is a trial)';

export class Trial implements AsyncDisposable {
  readonly #pipeline: Pipeline;
  readonly #notice: NoticeServices;
  readonly #spoolFolder: string;
  readonly #route: string;
  readonly #listener: string;

  private constructor(
    { config }: LoadedConfig,
    parts: { readonly pipeline: Pipeline; readonly notice: NoticeServices },
    spoolFolder: string,
  ) {
    this.#pipeline = parts.pipeline;
    this.#notice = parts.notice;
    this.#spoolFolder = spoolFolder;
    this.#route = config.routes[0]?.name ?? 'trial';
    this.#listener = config.listeners[0]?.name ?? 'trial';
  }

  /** Sets up the plugins. What they keep is forgotten. */
  static async open(loaded: LoadedConfig, spoolFolder: string): Promise<Trial> {
    const notice = await loadNotices(loaded);
    const pipeline = await buildPipeline(loaded, silentLogger, memoryStores());
    return new Trial(loaded, { pipeline, notice }, spoolFolder);
  }

  async run(content: Buffer): Promise<TrialResult> {
    await using spool = spoolOf(content, this.#spoolFolder);
    const message = new ArrivingMessage(this.#factsFor(content), spool);
    const { signal } = new AbortController();
    const judgement = await this.#pipeline.judge(message, signal);
    const { verdicts, decision, spam } = judgement;
    const output = await this.#outputOf(message, judgement, signal);
    return { sha256: spool.sha256, verdicts, spam, action: decision.action, output };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pipeline[Symbol.asyncDispose]();
  }

  /** As if it came through the first listener and route, for policies that depend on them. */
  #factsFor(content: Buffer): MessageFacts {
    const facts = sampleFacts(content.length);
    const client = { ...facts.session.client, listener: this.#listener };
    return {
      ...facts,
      session: { ...facts.session, client },
      account: { ...facts.account, route: this.#route },
    };
  }

  async #outputOf(
    message: ArrivingMessage,
    judgement: Judgement,
    signal: AbortSignal,
  ): Promise<Buffer | undefined> {
    const { action } = judgement.decision;
    if (action === 'defer' || action === 'hide') return undefined;
    const task: RenderTask = {
      pipeline: this.#pipeline,
      notice: this.#notice,
      wishedLanguage: undefined,
      kept: { id: notStored, code: notStored },
      targetOctets: undefined,
      signal,
    };
    const rendered = await renderDecision(message, judgement, task);
    const pieces: Buffer[] = [rendered.head];
    for await (const piece of rendered.body()) pieces.push(piece);
    return Buffer.concat(pieces);
  }
}
