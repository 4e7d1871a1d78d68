// Owns the neighbours that tests of the pipeline need: plugins as set up, spools, whole messages.
import { tmpdir } from 'node:os';
import { AppError } from '../../src/base/errors.ts';
import { type Logger, silentLogger } from '../../src/base/log.ts';
import { ArrivingMessage } from '../../src/pipeline/arriving-message.ts';
import { MemoryBudget } from '../../src/pipeline/memory-budget.ts';
import type { LoadedPlugin } from '../../src/pipeline/plugin.ts';
import { RunningPlugin } from '../../src/pipeline/running-plugin.ts';
import { Spool, type SpoolOptions } from '../../src/pipeline/spool.ts';
import { sampleFacts } from '../../src/pipeline/testing.ts';
import type { PluginInstance } from '../../src/plugin-api/define-plugin.ts';

export interface PluginSettings extends Partial<LoadedPlugin['policy']> {
  readonly name?: string;
  readonly fingerprint?: string;
  readonly log?: Logger;
}

/** One second, defer and replace, as in the schema but for the time. */
export const plainPolicy: LoadedPlugin['policy'] = {
  isShadow: false,
  timeoutMs: 1000,
  onError: 'defer',
  onBlock: 'replace',
  onFlag: 'pass',
  onTempfail: 'defer',
  rules: [],
};

/** A plugin of the chain: one second, defer and replace unless said otherwise. */
export function loaded(instance: PluginInstance, settings: PluginSettings = {}): LoadedPlugin {
  const { name = 'subject', fingerprint = '', log = silentLogger, ...policy } = settings;
  return {
    name,
    instance,
    fingerprint,
    log,
    version: '1',
    running: new RunningPlugin(instance, name),
    policy: { ...plainPolicy, ...policy },
  };
}

/** Options of a spool that keeps everything in memory. */
export function roomySpool(changes: Partial<SpoolOptions> = {}): SpoolOptions {
  return {
    memoryBytes: 10_000_000,
    budget: new MemoryBudget(10_000_000),
    folder: tmpdir(),
    maxBytes: 10_000_000,
    ...changes,
  };
}

/** A message of which nothing has arrived yet. */
export function emptyMessage(options: Partial<SpoolOptions> = {}): ArrivingMessage {
  return new ArrivingMessage(sampleFacts(0), new Spool(roomySpool(options)));
}

/** A message that has arrived whole. */
export function wholeMessage(content: string | Buffer): ArrivingMessage {
  const message = emptyMessage();
  message.spool.write(Buffer.from(content));
  message.spool.complete();
  return message;
}

export async function collect(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/** What upstream/ rejects with when the connection is lost. */
export function lost(): AppError {
  return new AppError('UPSTREAM_LOST', {
    fault: 'upstream',
    publicText: 'the connection was lost',
  });
}

/** For assert.rejects and assert.throws: an AppError of that code. */
export function withCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof AppError && error.code === code;
}
