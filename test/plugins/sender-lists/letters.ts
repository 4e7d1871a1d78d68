// Owns a plugin that is set up, and letters to a reader for it to judge.

import senderLists from '../../../plugins/sender-lists/index.ts';
import { sendersForm } from '../../../plugins/sender-lists/kept-senders.ts';
import { optionsSchema } from '../../../plugins/sender-lists/options.ts';
import { ArrivingMessage } from '../../../src/pipeline/arriving-message.ts';
import { wantedUntil } from '../../../src/pipeline/interest.ts';
import { sampleFacts, testServices } from '../../../src/pipeline/testing.ts';
import type { PluginInstance } from '../../../src/plugin-api/define-plugin.ts';
import type { Lesson } from '../../../src/plugin-api/lesson.ts';
import type { MessageView } from '../../../src/plugin-api/message-view.ts';
import type { Verdict } from '../../../src/plugin-api/verdict.ts';
import { openDatabase } from '../../../src/stores/sqlite.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { wholeMessage } from '../../helpers/pipeline.ts';

export interface Reader {
  readonly user: string;
  readonly upstreamHost: string;
}

export const bob: Reader = { user: 'bob@example.net', upstreamHost: 'pop.provider.example' };

/** As the mail server of the provider writes it, above what it has received. */
export function receivedAs(results: string): string[] {
  return [
    `Authentication-Results: mx.provider.example; ${results}`,
    'Received: from out.example.org (out.example.org [192.0.2.1]) by mx.provider.example (Postfix) with ESMTPS id 1; x',
  ];
}

export class Lists {
  readonly clock: FakeClock;
  readonly plugin: PluginInstance;

  private constructor(plugin: PluginInstance, clock: FakeClock) {
    this.plugin = plugin;
    this.clock = clock;
  }

  static async open(options: object = {}, folder = '/nowhere'): Promise<Lists> {
    const clock = new FakeClock();
    const database = openDatabase(':memory:', sendersForm);
    const services = {
      ...testServices(),
      clock,
      database: () => database,
      resolvePath: (path: string) => `${folder}/${path}`,
    };
    return new Lists(await senderLists.setup(optionsSchema.parse(options), services), clock);
  }

  async inspect(header: readonly string[], reader: Reader = bob): Promise<Verdict | undefined> {
    return await this.plugin.inspect?.(viewOf(header, reader));
  }

  /** In short: `-12 final sender-allowed`. */
  async judge(header: readonly string[], reader: Reader = bob): Promise<string> {
    const verdict = await this.inspect(header, reader);
    if (verdict?.kind !== 'score') return verdict?.kind ?? 'nothing';
    const names = verdict.reasons.map(({ name }) => name).join(' ');
    return `${verdict.logOdds}${verdict.isFinal === true ? ' final' : ''} ${names}`;
  }

  /** Judges it, and has the whole chain come to a result. */
  async deliver(
    header: readonly string[],
    { result = 'ham', reader = bob }: { result?: 'ham' | 'spam'; reader?: Reader } = {},
  ): Promise<string> {
    const message = viewOf(header, reader);
    await this.plugin.inspect?.(message);
    await this.plugin.observe?.({
      kind: 'messageJudged',
      session: message.session,
      message,
      command: 'RETR',
      octets: 1,
      sha256: '',
      verdicts: [],
      spam: { result, probability: 0.5, logOdds: 0, parts: [], decidedBy: undefined },
      action: 'pass',
      quarantineId: undefined,
      durationMs: 1,
    });
    return await this.judge(header, reader);
  }

  async learn(header: readonly string[], lesson: Partial<Lesson>): Promise<string | undefined> {
    const outcome = await this.plugin.learn?.({
      account: bob,
      as: 'ham',
      weight: 'correction',
      source: 'link',
      message: viewOf(header, bob),
      ...lesson,
    });
    return outcome?.kind;
  }
}

export function viewOf(header: readonly string[], { user, upstreamHost }: Reader): MessageView {
  const { spool } = wholeMessage(`${header.join('\r\n')}\r\n\r\nHello\r\n`);
  const sample = sampleFacts(spool.octets);
  const facts = {
    ...sample,
    account: {
      ...sample.account,
      user,
      upstream: { ...sample.account.upstream, host: upstreamHost },
      maildrop: { user, upstreamHost },
    },
  };
  return new ArrivingMessage(facts, spool).viewWhile(wantedUntil(new AbortController().signal));
}
