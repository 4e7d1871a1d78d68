// Owns trying one plugin on one message without a proxy: for plugin authors' tests and `postern scan`.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { silentLogger } from '../base/log.ts';
import { spamSchema } from '../config/spam-schema.ts';
import type { PluginDefinition } from '../plugin-api/define-plugin.ts';
import type { MessageFacts } from '../plugin-api/message-view.ts';
import type { NamedVerdict } from '../plugin-api/observation.ts';
import type { PluginServices } from '../plugin-api/services.ts';
import type { Verdict } from '../plugin-api/verdict.ts';
import { createMemoryCache } from '../stores/memory.ts';
import { createMemoryKeptValues } from '../stores/memory-kept-values.ts';
import { openDatabase } from '../stores/sqlite.ts';
import { ArrivingMessage } from './arriving-message.ts';
import { noCentralPart } from './central-parts.ts';
import { MemoryBudget } from './memory-budget.ts';
import { Pipeline } from './pipeline.ts';
import type { PluginPolicy } from './plugin.ts';
import { renderEdited } from './render.ts';
import { RunningPlugin } from './running-plugin.ts';
import { Spool } from './spool.ts';

export interface PluginRun {
  /** What `inspect` returned; undefined when the plugin does not inspect. */
  readonly verdict: Verdict | undefined;
  /** The message after `transform`. */
  readonly output: Buffer;
}

export interface PluginRunFacts {
  /** Verdicts of other plugins, as `transform` sees them. */
  readonly verdicts?: readonly Pick<NamedVerdict, 'plugin' | 'verdict'>[];
  /** What `services.resolvePath` starts from; a fresh temporary folder by default. */
  readonly folder?: string;
  readonly signal?: AbortSignal;
}

/** Everything is let through, so that what the plugin does to the message can be seen. */
const trialPolicy: PluginPolicy = {
  isShadow: false,
  timeoutMs: 60_000,
  onError: 'defer',
  onBlock: 'tag',
  onFlag: 'pass',
  onTempfail: 'pass',
  rules: [],
};

/** Facts of a made-up session, for a message of that size. */
export function sampleFacts(octets: number): MessageFacts {
  return {
    session: {
      id: '0123456789abcdef',
      client: { address: '192.0.2.1', port: 40000, listener: 'sample', tls: undefined },
    },
    account: {
      user: 'sample',
      route: 'sample',
      upstream: { host: 'pop.example.net', port: 995, tlsMode: 'implicit', tls: undefined },
      maildrop: { user: 'sample', upstreamHost: 'pop.example.net' },
    },
    number: 1,
    uidl: 'sample-1',
    listedOctets: octets,
  };
}

const countNothing = { add() {}, set() {}, observe() {} };

/** What a plugin is given at set-up, for tests: no log, no metrics, stores in memory. */
export function testServices(): PluginServices {
  return {
    log: silentLogger,
    metrics: {
      counter: () => countNothing,
      gauge: () => countNothing,
      histogram: () => countNothing,
    },
    store: createMemoryKeptValues(systemClock),
    database: (form) => openDatabase(':memory:', form),
    clock: systemClock,
    central: noCentralPart,
    resolvePath: (path) => resolve(path),
  };
}

/** A message that has arrived whole, held in memory. */
export function spoolOf(message: Buffer, folder: string): Spool {
  const spool = new Spool({
    memoryBytes: message.length,
    budget: new MemoryBudget(message.length),
    folder,
    maxBytes: Number.POSITIVE_INFINITY,
  });
  spool.write(message);
  spool.complete();
  return spool;
}

/**
 * Checks the options, sets the plugin up, lets it inspect and transform `message`, disposes it.
 * A plugin that fails makes this reject, or yields a `tempfail` verdict when inspecting.
 */
export async function runPlugin<Options>(
  definition: PluginDefinition<Options>,
  options: unknown,
  message: Buffer,
  facts: PluginRunFacts = {},
): Promise<PluginRun> {
  const scratch = await mkdtemp(join(tmpdir(), 'postern-plugin-'));
  try {
    const parsed = definition.options?.parse(options);
    const instance = await definition.setup(parsed as Options, {
      ...testServices(),
      resolvePath: (path) => resolve(facts.folder ?? scratch, path),
    });
    await using pipeline = new Pipeline(
      [
        {
          name: definition.name,
          instance,
          running: new RunningPlugin(instance, ''),
          policy: trialPolicy,
          version: definition.version ?? '',
          fingerprint: '',
          log: silentLogger,
        },
      ],
      {
        clock: systemClock,
        log: silentLogger,
        verdicts: createMemoryCache<Verdict>({ maxEntries: 1, ttlMs: 1 }),
        spam: spamSchema.parse({}),
      },
    );
    await using spool = spoolOf(message, scratch);
    const arriving = new ArrivingMessage(sampleFacts(message.length), spool);
    const signal = facts.signal ?? new AbortController().signal;
    const { verdicts: own, spam } = await pipeline.judge(arriving, signal);
    const verdicts = facts.verdicts?.map(asNamed) ?? own;
    const edits = await pipeline.transform(
      arriving,
      { verdicts, decision: { action: 'pass' }, spam },
      signal,
    );
    const rendered = renderEdited(edits, undefined);
    const pieces: Buffer[] = [rendered.head];
    for await (const piece of rendered.body()) pieces.push(piece);
    const verdict = own.find(({ plugin }) => plugin === definition.name)?.verdict;
    return { verdict, output: Buffer.concat(pieces) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function asNamed({ plugin, verdict }: Pick<NamedVerdict, 'plugin' | 'verdict'>): NamedVerdict {
  return { plugin, verdict, engine: plugin, action: 'pass', isShadow: false };
}
