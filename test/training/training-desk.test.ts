import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { MemoryBudget } from '../../src/pipeline/memory-budget.ts';
import type { LoadedPlugin } from '../../src/pipeline/plugin.ts';
import { RunningPlugin } from '../../src/pipeline/running-plugin.ts';
import type { PluginInstance } from '../../src/plugin-api/define-plugin.ts';
import type { Lesson } from '../../src/plugin-api/lesson.ts';
import type { LessonRequest } from '../../src/training/lesson-request.ts';
import { TrainingDesk } from '../../src/training/training-desk.ts';
import { recordingLogger } from '../helpers/recording-logger.ts';

const spool = {
  memoryBytes: 1000,
  budget: new MemoryBudget(1_000_000),
  folder: tmpdir(),
  maxBytes: 100_000,
};

const request: LessonRequest = {
  account: { user: 'ann', upstreamHost: 'pop.example.net' },
  as: 'spam',
  weight: 'correction',
  source: 'link',
  octets: Buffer.from('Subject: buy\r\n\r\nnow\r\n'),
};

function plugin(name: string, instance: PluginInstance, timeoutMs = 60_000): LoadedPlugin {
  return {
    name,
    instance,
    running: new RunningPlugin(instance, name),
    policy: {
      isShadow: false,
      timeoutMs,
      onError: 'defer',
      onBlock: 'replace',
      onFlag: 'pass',
      onTempfail: 'defer',
      rules: [],
    },
    version: '1',
    fingerprint: '',
    log: recordingLogger(),
  };
}

function deskOf(...plugins: readonly LoadedPlugin[]): TrainingDesk {
  return new TrainingDesk(plugins, { clock: systemClock, spool });
}

test('every plugin that learns gets the lesson with the whole message, in the order of the chain', async () => {
  const seen: [string, Omit<Lesson, 'message'>, string][] = [];
  const pupil = (name: string): LoadedPlugin =>
    plugin(name, {
      async learn({ message, ...lesson }) {
        const pieces: Buffer[] = [];
        for await (const piece of message.bytes()) pieces.push(piece);
        seen.push([name, lesson, Buffer.concat(pieces).toString('latin1')]);
        return { kind: 'learned' };
      },
    });
  const desk = deskOf(pupil('first'), plugin('deaf', {}), pupil('second'));
  const { octets, ...facts } = request;
  const report = await desk.teach(request);
  assert.equal(report.kind, 'learned');
  assert.deepEqual(
    report.outcomes.map(({ plugin: name }) => name),
    ['first', 'second'],
  );
  assert.deepEqual(seen, [
    ['first', facts, octets.toString()],
    ['second', facts, octets.toString()],
  ]);
});

test('a message larger than its share of the memory is taught from a file', async () => {
  let octets = 0;
  const desk = deskOf(
    plugin('one', {
      async learn({ message }) {
        octets = await message.size();
        return { kind: 'learned' };
      },
    }),
  );
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let piece = 0; piece < 50; piece += 1) yield Buffer.alloc(1000, 0x61);
  }
  await desk.teach({ ...request, octets: pieces() });
  assert.equal(octets, 50_000);
  await assert.rejects(desk.teach({ ...request, octets: Buffer.alloc(200_000) }), {
    code: 'MESSAGE_TOO_LARGE',
  });
});

test('a plugin that fails or takes too long is named, and the others learn all the same', async () => {
  const desk = deskOf(
    plugin('broken', { learn: () => Promise.reject(new Error('no engine')) }),
    plugin('slow', { learn: () => new Promise(() => {}) }, 10),
    plugin('good', { learn: async () => ({ kind: 'unchanged', reason: 'known' }) }),
  );
  const { kind, outcomes } = await desk.teach(request);
  assert.equal(kind, 'failed');
  assert.deepEqual(
    outcomes.map(({ plugin: name, outcome }) => [name, outcome.kind]),
    [
      ['broken', 'failed'],
      ['slow', 'failed'],
      ['good', 'unchanged'],
    ],
  );
});

test('a lesson has the maildrop of its account and no session', async () => {
  const lessons: Lesson[] = [];
  const desk = deskOf(
    plugin('one', {
      async learn(lesson) {
        lessons.push(lesson);
        return { kind: 'learned' };
      },
    }),
  );
  await desk.teach(request);
  await desk.teach({ ...request, account: undefined });
  assert.deepEqual(
    lessons.map(({ message }) => message.account.maildrop),
    [request.account, { user: '', upstreamHost: '' }],
  );
});

test('where nobody learns, the message is not even read', async () => {
  const desk = deskOf(plugin('deaf', {}));
  assert.equal(desk.hasPupils, false);
  async function* unread(): AsyncGenerator<Buffer> {
    yield assert.fail('was read');
  }
  assert.deepEqual(await desk.teach({ ...request, octets: unread() }), {
    kind: 'unchanged',
    outcomes: [],
  });
});
