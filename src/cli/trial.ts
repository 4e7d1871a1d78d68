// Owns running the chain of a configuration over one message without a proxy, a client or an upstream.
import { buildPipeline } from '../app.ts';
import { silentLogger } from '../base/log.ts';
import type { LoadedConfig } from '../config/load.ts';
import { ArrivingMessage } from '../pipeline/arriving-message.ts';
import { renderNotice } from '../pipeline/notice.ts';
import type { Judgement, Pipeline } from '../pipeline/pipeline.ts';
import { type Rendered, renderEdited } from '../pipeline/render.ts';
import { sampleFacts, spoolOf } from '../pipeline/testing.ts';
import type { Action, NamedVerdict } from '../plugin-api/context.ts';

export interface TrialResult {
  readonly sha256: string;
  readonly verdicts: readonly NamedVerdict[];
  readonly action: Action;
  /** The message as a client would get it; undefined when it would be deferred. */
  readonly output: Buffer | undefined;
}

export interface TrialPlace {
  readonly spoolFolder: string;
}

/** Nothing is stored or recorded: no quarantine, no audit. */
export async function trial(
  loaded: LoadedConfig,
  content: Buffer,
  { spoolFolder }: TrialPlace,
): Promise<TrialResult> {
  await using pipeline = await buildPipeline(loaded, silentLogger);
  await using spool = spoolOf(content, spoolFolder);
  const message = new ArrivingMessage(sampleFacts(content.length), spool);
  const { signal } = new AbortController();
  const judgement = await pipeline.judge(message, signal);
  const rendered = await render(message, judgement, pipeline, loaded);
  const { verdicts, decision } = judgement;
  const output = rendered === undefined ? undefined : await octetsOf(rendered);
  return { sha256: spool.sha256, verdicts, action: decision.action, output };
}

async function render(
  message: ArrivingMessage,
  judgement: Judgement,
  pipeline: Pipeline,
  loaded: LoadedConfig,
): Promise<Rendered | undefined> {
  const { decision } = judgement;
  if (decision.action === 'defer') return undefined;
  if (decision.action === 'replace') {
    return renderNotice({
      original: await message.header().catch(() => undefined),
      findings: decision.findings,
      quarantineId: '(not stored: this is a trial)',
      contact: loaded.config.notice.contact,
      targetOctets: undefined,
    });
  }
  const { signal } = new AbortController();
  const edits = await pipeline.transform(message, judgement, signal);
  return renderEdited(message.spool, await message.header(), edits, undefined);
}

async function octetsOf(rendered: Rendered): Promise<Buffer> {
  const pieces: Buffer[] = [rendered.head];
  for await (const piece of rendered.body()) pieces.push(piece);
  return Buffer.concat(pieces);
}
