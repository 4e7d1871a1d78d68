import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spamSchema } from '../../src/config/spam-schema.ts';
import { Pipeline } from '../../src/pipeline/pipeline.ts';
import type { LoadedPlugin } from '../../src/pipeline/plugin.ts';
import { sampleFacts } from '../../src/pipeline/testing.ts';
import type { PluginInstance } from '../../src/plugin-api/define-plugin.ts';
import type { Observation } from '../../src/plugin-api/observation.ts';
import { originOf, tellOrigin } from '../../src/plugin-api/sender-origin.ts';
import type { TransformContext } from '../../src/plugin-api/transform.ts';
import { block, flag, pass } from '../../src/plugin-api/verdict.ts';
import { FakeClock, settled } from '../helpers/fake-clock.ts';
import { loaded, lost, wholeMessage, withCode } from '../helpers/pipeline.ts';
import { recordingLogger } from '../helpers/recording-logger.ts';

const { session } = sampleFacts(0);
const noSignal = new AbortController().signal;

function pipelineOf(...plugins: readonly LoadedPlugin[]) {
  const clock = new FakeClock();
  const log = recordingLogger();
  return {
    clock,
    log,
    pipeline: new Pipeline(plugins, {
      clock,
      log,
      verdicts: new Map(),
      spam: spamSchema.parse({}),
    }),
  };
}

const opened: Observation = { kind: 'sessionOpened', session };

test('plugins are called as methods of their instance', async () => {
  class Counting implements PluginInstance {
    seen: string[] = [];
    async admit(_context: unknown, next: () => Promise<void>) {
      this.seen.push('admit');
      await next();
    }
    async inspect() {
      this.seen.push('inspect');
      return block('x');
    }
    async transform(_context: unknown, next: () => Promise<void>) {
      this.seen.push('transform');
      await next();
    }
    async observe() {
      this.seen.push('observe');
    }
    async dispose() {
      this.seen.push('dispose');
    }
  }
  const instance = new Counting();
  const { pipeline } = pipelineOf(loaded(instance));
  const message = wholeMessage('Subject: x\r\n\r\n');
  await pipeline.access.admit(session);
  const judgement = await pipeline.judge(message, noSignal);
  await pipeline.transform(message, judgement, noSignal);
  await pipeline.observe(opened, 'before');
  await pipeline[Symbol.asyncDispose]();
  assert.deepEqual(instance.seen, ['admit', 'inspect', 'transform', 'observe', 'dispose']);
});

test('a judgement is verdicts and what the policy makes of them', async () => {
  const { pipeline } = pipelineOf(loaded({ inspect: async () => block('x') }, { onBlock: 'tag' }));
  const judgement = await pipeline.judge(wholeMessage('\r\n'), noSignal);
  assert.deepEqual(judgement, {
    verdicts: [
      {
        plugin: 'subject',
        verdict: block('x'),
        engine: 'subject 1',
        action: 'tag',
        isShadow: false,
      },
    ],
    decision: { action: 'tag', findings: [{ plugin: 'subject', block: block('x') }] },
    spam: undefined,
  });
});

const passed = { verdicts: [], decision: { action: 'pass' }, spam: undefined } as const;
const tagged = {
  verdicts: [],
  decision: { action: 'tag', findings: [{ plugin: 'p', block: block('x') }] },
  spam: undefined,
} as const;

async function headerAfter(
  plugins: readonly LoadedPlugin[],
  judgement: typeof passed | typeof tagged = passed,
  header = 'Subject: x\r\nX-Postern-Finding: forged\r\n\r\n',
): Promise<string> {
  const { pipeline } = pipelineOf(...plugins);
  const edits = await pipeline.transform(wholeMessage(`${header}body`), judgement, noSignal);
  return edits.header.toBuffer().toString('latin1');
}

test('without plugins a header stays as it is', async () => {
  assert.equal(await headerAfter([]), 'Subject: x\r\nX-Postern-Finding: forged\r\n\r\n');
});

test('findings are named in a header that nobody else can write', async () => {
  const plugin = loaded({ inspect: async () => block('x') });
  assert.equal(await headerAfter([plugin]), 'Subject: x\r\n\r\n');
  assert.equal(await headerAfter([plugin], tagged), 'X-Postern-Finding: p=x\r\nSubject: x\r\n\r\n');
});

function adding(name: string, after: () => void | Promise<void> = () => {}): PluginInstance {
  return {
    async transform({ edit }, next) {
      edit.add(name, '1');
      await after();
      await next();
    },
  };
}

test('plugins edit in their order, each seeing what those before it did', async () => {
  let seen: string | undefined;
  const second: PluginInstance = {
    async transform({ edit, verdicts }, next) {
      seen = edit.get('X-First');
      assert.deepEqual(verdicts, []);
      edit.replace('Subject', 'y');
      await next();
    },
  };
  assert.equal(
    await headerAfter([loaded(adding('X-First')), loaded(second)]),
    'X-First: 1\r\nSubject: y\r\n\r\n',
  );
  assert.equal(seen, '1');
});

test('edits of a plugin that is passed over are undone, those of others stay', async () => {
  const failing = adding('X-Failing', () => {
    throw new Error('down');
  });
  assert.equal(
    await headerAfter([
      loaded(adding('X-First')),
      loaded(failing, { onError: 'pass' }),
      loaded(adding('X-Last')),
    ]),
    'X-First: 1\r\nX-Last: 1\r\nSubject: x\r\n\r\n',
  );
  await assert.rejects(headerAfter([loaded(failing)]), withCode('PLUGIN_FAILED'));
});

test('a plugin that keeps its context edits nothing after its turn', async () => {
  const kept: TransformContext[] = [];
  const plugin = loaded({
    async transform(context, next) {
      kept.push(context);
      await next();
    },
  });
  const { pipeline } = pipelineOf(plugin);
  const edits = await pipeline.transform(wholeMessage('Subject: x\r\n\r\n'), passed, noSignal);
  const edit = kept[0]?.edit;
  assert.throws(() => edit?.add('X-Late', '1'));
  assert.throws(() => edit?.replace('Subject', 'y'));
  assert.throws(() => edit?.remove('Subject'));
  assert.equal(edit?.get('Subject'), 'x');
  assert.equal(edits.header.isChanged, false);
});

test('a plugin cannot write a header that breaks the message', async () => {
  const breaking = loaded({
    async transform({ edit }, next) {
      edit.add('X-A', 'b\r\n\r\nbody');
      await next();
    },
  });
  await assert.rejects(headerAfter([breaking]), withCode('PLUGIN_FAILED'));
});

test('recorders are told one after another, in their order', async () => {
  const told: string[] = [];
  const recorder = (name: string): LoadedPlugin =>
    loaded({
      async observe({ kind }) {
        told.push(`${name} begins ${kind}`);
        await settled();
        told.push(`${name} ends`);
      },
    });
  await pipelineOf(recorder('a'), loaded({}), recorder('b')).pipeline.observe(opened, 'before');
  assert.deepEqual(told, ['a begins sessionOpened', 'a ends', 'b begins sessionOpened', 'b ends']);
});

const broken: PluginInstance = {
  observe() {
    throw new Error('disk full');
  },
};

test('a recorder that must not fail prevents what it cannot record', async () => {
  await assert.rejects(
    pipelineOf(loaded(broken)).pipeline.observe(opened, 'before'),
    withCode('PLUGIN_FAILED'),
  );
});

test('a recorder that fails after the act, or may fail, is logged and the others are told', async () => {
  for (const [when, onError] of [
    ['after', 'defer'],
    ['after', 'pass'],
    ['before', 'pass'],
  ] as const) {
    let told = 0;
    const log = recordingLogger();
    const next = loaded({
      async observe() {
        told += 1;
      },
    });
    await pipelineOf(loaded(broken, { onError, log }), next).pipeline.observe(opened, when);
    assert.equal(told, 1);
    assert.equal(log.lines.length, 1);
  }
});

test('a recorder that hangs is given up', async () => {
  const { pipeline, clock } = pipelineOf(loaded({ observe: () => new Promise(() => {}) }));
  const checked = assert.rejects(pipeline.observe(opened, 'before'), withCode('PLUGIN_TIMEOUT'));
  await clock.advance(1000);
  await checked;
});

test('plugins are disposed in reverse, also when one of them cannot be', async () => {
  const disposed: string[] = [];
  const plugin = (name: string): LoadedPlugin =>
    loaded({
      async dispose() {
        disposed.push(name);
        if (name === 'b') throw lost();
      },
    });
  const { pipeline, log } = pipelineOf(plugin('a'), plugin('b'), plugin('c'));
  await pipeline[Symbol.asyncDispose]();
  assert.deepEqual(disposed, ['c', 'b', 'a']);
  assert.equal(log.lines.length, 1);
});

test('a plugin that is never done is not waited for at the end', async () => {
  const { pipeline, log, clock } = pipelineOf(loaded({ dispose: () => new Promise(() => {}) }));
  const ended = pipeline[Symbol.asyncDispose]();
  await clock.advance(1000);
  await ended;
  assert.equal(log.lines.length, 1);
});

test('a chain of plugins in shadow changes nothing about messages', async () => {
  const instance: PluginInstance = {
    inspect: async () => block('x'),
    async transform({ edit }, next) {
      edit.add('X-More', 'of it');
      await next();
    },
  };
  const shadow = loaded(instance, { isShadow: true, onBlock: 'tag', name: 'shadow' });
  const { pipeline } = pipelineOf(shadow);
  assert.equal(pipeline.isIdle, true);
  assert.equal(pipeline.editsHeaders, false);
  assert.equal(pipeline.fingerprint, pipelineOf().pipeline.fingerprint);
  const letter = 'X-Postern-Finding: forged\r\n\r\n';
  const message = wholeMessage(letter);
  const judgement = await pipeline.judge(message, noSignal);
  const { header } = await pipeline.transform(message, judgement, noSignal);
  assert.equal(header.toBuffer().toString(), letter);

  const unreadable = wholeMessage(`${'X-Much: of it\r\n'.repeat(80_000)}\r\n`);
  const { decision } = await pipeline.judge(unreadable, noSignal);
  assert.equal(decision.action, 'pass');

  const counting = loaded({ inspect: async () => block('y') }, { name: 'counting' });
  const both = pipelineOf(shadow, counting).pipeline;
  assert.equal(both.isIdle, false);
  assert.equal(both.fingerprint, pipelineOf(counting).pipeline.fingerprint);
});

test('what a plugin in shadow tells of a sender reaches no other plugin', async () => {
  const telling: PluginInstance = {
    async inspect(message) {
      tellOrigin(message, Promise.resolve({ signers: ['example.org'], author: 'pass' }));
      return pass();
    },
  };
  const asking: PluginInstance = {
    inspect: async (message) => flag((await originOf(message))?.author ?? 'nothing'),
  };
  for (const [isShadow, expected] of [
    [false, 'pass'],
    [true, 'nothing'],
  ] as const) {
    const { pipeline } = pipelineOf(loaded(asking), loaded(telling, { name: 'b', isShadow }));
    const { verdicts } = await pipeline.judge(wholeMessage('A: b\r\n\r\n'), noSignal);
    assert.deepEqual(verdicts[0]?.verdict, flag(expected));
  }
});
