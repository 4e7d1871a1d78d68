import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { spamSchema } from '../../src/config/spam-schema.ts';
import { Pipeline } from '../../src/pipeline/pipeline.ts';
import type { LoadedPlugin } from '../../src/pipeline/plugin.ts';
import type { PluginInstance } from '../../src/plugin-api/define-plugin.ts';
import type { Lesson } from '../../src/plugin-api/lesson.ts';
import type { Observation } from '../../src/plugin-api/observation.ts';
import { createMemoryCache } from '../../src/stores/memory.ts';
import type { LessonRequest } from '../../src/training/lesson-request.ts';
import { TrainingDesk } from '../../src/training/training-desk.ts';
import { loaded, roomySpool } from '../helpers/pipeline.ts';

const request = {
  account: { user: 'ann', upstreamHost: 'pop.example.net' },
  as: 'spam',
  weight: 'correction',
  source: 'link',
  octets: Buffer.from('Subject: buy\r\n\r\nnow\r\n'),
} as const satisfies LessonRequest;

const plugin = (name: string, instance: PluginInstance): LoadedPlugin => loaded(instance, { name });

function deskOf(...plugins: readonly LoadedPlugin[]): TrainingDesk {
  const verdicts = createMemoryCache<never>({ maxEntries: 1, ttlMs: 1 });
  const services = { clock: systemClock, log: silentLogger, spam: spamSchema.parse({}), verdicts };
  const pipeline = new Pipeline(plugins, services);
  return new TrainingDesk(pipeline, roomySpool({ memoryBytes: 1000, maxBytes: 100_000 }));
}

test('every plugin that learns gets the lesson with the whole message', async () => {
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
  const { octets, ...facts } = request;
  const report = await deskOf(pupil('first'), plugin('deaf', {}), pupil('second')).teach(request);
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

test('the report says whether anybody has learned, and who failed', async () => {
  const broken = plugin('broken', { learn: () => Promise.reject(new Error('no engine')) });
  const knowing = plugin('knowing', {
    learn: async () => ({ kind: 'unchanged', reason: 'known' }),
  });
  const eager = plugin('eager', { learn: async () => ({ kind: 'learned' }) });
  const kindOf = async (...plugins: readonly LoadedPlugin[]): Promise<string> =>
    (await deskOf(...plugins).teach(request)).kind;
  assert.equal(await kindOf(broken, knowing, eager), 'learned');
  assert.equal(await kindOf(broken, knowing), 'failed');
  assert.equal(await kindOf(knowing), 'unchanged');
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

test('a lesson that nobody waits for any more is not given', async () => {
  const desk = deskOf(plugin('one', { learn: async () => assert.fail('was taught') }));
  await assert.rejects(desk.teach(request, AbortSignal.abort(new Error('gone'))), /gone/);
});

test('what a reader wants of a sender reaches the plugins that keep lists, without being a lesson', async () => {
  const wishes: string[] = [];
  const desk = deskOf(
    plugin('list', {
      async heedSender({ as, message }) {
        wishes.push(`${as} ${(await message.headers()).get('Subject')}`);
        return { kind: 'learned' };
      },
    }),
    plugin('engine', { learn: async () => assert.fail('it is no lesson') }),
  );
  assert.equal(desk.heedsSenders, true);
  const { account, source, octets } = request;
  const report = await desk.heedSender({ account, source, octets, as: 'allow' });
  assert.equal(report.kind, 'learned');
  assert.deepEqual(wishes, ['allow buy']);
  assert.equal(deskOf().heedsSenders, false);
});

test('who has taught what is recorded with what came of it, and nothing of the message', async () => {
  const seen: Observation[] = [];
  const desk = deskOf(
    plugin('pupil', {
      learn: async () => ({ kind: 'learned' }),
      heedSender: async () => ({ kind: 'unchanged', reason: 'listed' }),
    }),
    plugin('broken', { learn: () => Promise.reject(new Error('no engine')) }),
    plugin('recorder', {
      async observe(observation) {
        seen.push(observation);
      },
    }),
  );
  const { account, source, octets } = request;
  await desk.teach({ ...request, uidl: 'u1' });
  await desk.heedSender({ account, as: 'forget', source, octets });
  const common = {
    kind: 'lessonGiven',
    account,
    weight: 'correction',
    source,
    octets: octets.length,
    sha256: createHash('sha256').update(octets).digest('hex'),
  } as const;
  assert.deepEqual(seen, [
    {
      ...common,
      as: 'spam',
      uidl: 'u1',
      outcomes: [
        { plugin: 'pupil', outcome: { kind: 'learned' } },
        { plugin: 'broken', outcome: { kind: 'failed', code: 'PLUGIN_FAILED' } },
      ],
    },
    {
      ...common,
      as: 'unlist',
      uidl: undefined,
      outcomes: [{ plugin: 'pupil', outcome: { kind: 'unchanged', reason: 'listed' } }],
    },
  ]);
});
