// Owns showing how the chain judges one message for one account, by what was learned, and on what grounds.
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { buildPipeline } from '../app/chain.ts';
import { stateStores } from '../app/plugin-stores.ts';
import { silentLogger } from '../base/log.ts';
import { loadConfig } from '../config/load.ts';
import { toCrlf } from '../message/line-ends.ts';
import { ArrivingMessage } from '../pipeline/arriving-message.ts';
import { Interest } from '../pipeline/interest.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { sampleFacts, spoolOf } from '../pipeline/testing.ts';
import type { LessonAccount } from '../plugin-api/lesson.ts';
import type { MessageFacts } from '../plugin-api/message-view.ts';
import type { NamedVerdict } from '../plugin-api/observation.ts';
import { type AccountChoice, accountFor } from './account-choice.ts';
import { findConfigFile } from './config-file.ts';
import { CliError, exitCodes } from './failure.ts';
import { describe, probabilityText } from './verdict-text.ts';

export interface SpamTestOptions extends AccountChoice {
  readonly config?: string;
}

export async function spamTest(file: string, options: SpamTestOptions): Promise<string[]> {
  const content = toCrlf(await readFile(file));
  const loaded = await loadConfig(await findConfigFile(options.config));
  const account = accountFor(options, loaded.config);
  const stores = stateStores(loaded.config.state.folder, { whenMissing: 'memory' });
  try {
    await using pipeline = await buildPipeline(loaded, silentLogger, stores);
    await using spool = spoolOf(content, tmpdir());
    const message = new ArrivingMessage(factsFor(account, content.length), spool);
    const { verdicts, spam } = await pipeline.judge(message, new AbortController().signal);
    if (spam === undefined) {
      throw new CliError(['No plugin of this configuration scores mail.'], exitCodes.configuration);
    }
    const lines = [probabilityText(spam)];
    for (const each of verdicts) {
      if (each.verdict.kind !== 'score') continue;
      lines.push(`  ${describe(await withReasons(each, account, message, pipeline))}`);
    }
    return lines;
  } finally {
    stores.close();
  }
}

/** An engine may save itself the trouble for mail that is no spam. */
async function withReasons(
  named: NamedVerdict,
  account: LessonAccount | undefined,
  message: ArrivingMessage,
  { plugins }: Pipeline,
): Promise<NamedVerdict> {
  const { plugin, verdict } = named;
  const knowledge = plugins.find(({ name }) => name === plugin)?.instance.knowledge;
  if (verdict.kind !== 'score' || verdict.reasons.length > 0 || !knowledge) return named;
  const reasons = await knowledge.explain(account, message.viewWhile(new Interest()));
  return { ...named, verdict: { ...verdict, reasons } };
}

function factsFor(account: LessonAccount | undefined, octets: number): MessageFacts {
  const facts = sampleFacts(octets);
  const maildrop = account ?? { user: '', upstreamHost: '' };
  return { ...facts, account: { ...facts.account, user: maildrop.user, maildrop } };
}
