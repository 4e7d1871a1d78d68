import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import { openTrainingStore } from '../../src/stores/training-store.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { TrainingMetrics } from '../../src/telemetry/training-metrics.ts';
import type { LessonReport } from '../../src/training/lesson-request.ts';
import { LessonRound } from '../../src/training/lesson-round.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { recordingLogger } from '../helpers/recording-logger.ts';

const account = { user: 'ann', upstreamHost: 'pop.example.net' };
const learned: LessonReport = {
  kind: 'learned',
  outcomes: [{ plugin: 'p', outcome: { kind: 'learned' } }],
};

function scene(report: LessonReport | (() => Promise<LessonReport>) = learned) {
  const clock = new FakeClock();
  const limits = { maxAgeMs: 86_400_000_000, maxMessages: 100, maxBytes: 1_000_000 };
  const store = openTrainingStore(':memory:', createSecretKey(Buffer.alloc(32)), clock, limits);
  const given: object[] = [];
  const registry = createMetrics();
  const log = recordingLogger();
  const take = async (lesson: object): Promise<LessonReport> => {
    given.push(lesson);
    return typeof report === 'function' ? report() : report;
  };
  const desk = { teach: take, heedSender: take };
  const metrics = new TrainingMetrics(registry.core);
  const round = new LessonRound({ store, desk: () => desk, metrics, log });
  const keep = (name: string, owner: typeof account | undefined = account) =>
    store.keep({ account: owner, uidl: name, sha256: name }, 'ham', async () => Buffer.from(name));
  return { clock, store, given, round, registry, log, keep };
}

const common = { weight: 'correction', source: 'link' } as const;

test('a lesson is given with what is kept of its message, logged without its content, and counted', async () => {
  const { store, given, round, registry, log, keep } = scene();
  const message = await keep('secret');
  const number = store.note({ message, what: 'spam', ...common });
  assert.deepEqual(await round.give(number), { result: 'learned', reasons: [], failed: [] });
  assert.deepEqual(given, [
    { account, as: 'spam', ...common, octets: Buffer.from('secret'), uidl: 'secret' },
  ]);
  assert.equal(store.waiting, 0);
  assert.deepEqual(log.lines, [
    {
      level: 'info',
      text: 'lesson given',
      fields: {
        lesson: 'spam',
        ...common,
        user: 'ann',
        result: 'learned',
        results: ['p: learned'],
      },
    },
  ]);
  assert.match(
    await registry.text(),
    /postern_lessons_total\{source="link",lesson="spam",result="learned"\} 1/,
  );
});

test('what is wanted of a sender is told as that, and of nobody in particular it is dropped', async () => {
  const { store, given, round, keep } = scene();
  const number = store.note({ message: await keep('a'), what: 'unlist', ...common });
  assert.equal((await round.give(number))?.result, 'learned');
  assert.deepEqual(given, [
    { account, as: 'forget', source: 'link', octets: Buffer.from('a'), uidl: 'a' },
  ]);
  const shared = await store.keep(
    { account: undefined, uidl: undefined, sha256: 'x' },
    undefined,
    async () => Buffer.from('x'),
  );
  const other = store.note({ message: shared, what: 'block', ...common });
  assert.equal((await round.give(other))?.result, 'dropped');
});

test('reasons of plugins that changed nothing are told', async () => {
  const outcome = { kind: 'unchanged', reason: 'known already' } as const;
  const { store, round, keep } = scene({
    kind: 'unchanged',
    outcomes: [{ plugin: 'p', outcome }],
  });
  const number = store.note({ message: await keep('a'), what: 'ham', ...common });
  assert.deepEqual(await round.give(number), {
    result: 'unchanged',
    reasons: ['known already'],
    failed: [],
  });
  assert.equal(store.waiting, 0);
});

test('where no plugin takes it a lesson is dropped, and so is one whose message is gone', async () => {
  const { store, round, keep, clock } = scene({ kind: 'unchanged', outcomes: [] });
  const number = store.note({ message: await keep('a'), what: 'ham', ...common });
  assert.equal((await round.give(number))?.result, 'dropped');
  const lost = store.note({ message: Buffer.alloc(16), what: 'ham', ...common });
  assert.equal((await round.give(lost))?.result, 'dropped');
  assert.equal(store.waiting, 0);
  await clock.advance(1);
});

test('a lesson that failed comes again, for two days', async () => {
  for (const failing of [
    { kind: 'failed', outcomes: [{ plugin: 'p', outcome: { kind: 'failed', code: 'X' } }] },
    () => Promise.reject(new Error('no room')),
  ] as const) {
    const { store, round, given, clock, keep } = scene(failing);
    store.note({ message: await keep('a'), what: 'ham', ...common });
    const startMs = clock.monotonicMs();
    while (store.waiting > 0) {
      await round.giveAll();
      await clock.advance(3_600_000);
    }
    assert.equal(given.length, 18);
    const hours = (clock.monotonicMs() - startMs) / 3_600_000;
    assert.ok(hours > 36 && hours < 72, `${hours} h`);
  }
});

test('all that wait are given, one after another, once', async () => {
  let running = 0;
  const { store, round, given, keep } = scene(async () => {
    running += 1;
    assert.equal(running, 1);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return learned;
  });
  for (const name of ['a', 'b', 'c']) {
    store.note({ message: await keep(name), what: 'ham', ...common });
  }
  await Promise.all([round.giveAll(), round.giveAll()]);
  assert.equal(given.length, 3);
});

test('a lesson that another process is at is not given twice', async () => {
  const { store, round, given, keep } = scene();
  const number = store.note({ message: await keep('a'), what: 'ham', ...common });
  store.claim(number);
  assert.equal(await round.give(number), undefined);
  assert.deepEqual(given, []);
});

test('at the end of the process the lesson under way is finished, and the others wait', async () => {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const { promise: finished, resolve: finish } = Promise.withResolvers<LessonReport>();
  const { store, round, given, keep } = scene(() => {
    reach();
    return finished;
  });
  for (const name of ['a', 'b']) {
    store.note({ message: await keep(name), what: 'ham', ...common });
  }
  const all = round.giveAll();
  await reached;
  const stopped = round.stop();
  finish(learned);
  await Promise.all([all, stopped]);
  assert.equal(given.length, 1);
  assert.equal(store.waiting, 1);
});

test('where one plugin has learned and another failed, both is said, and the other gets it again', async () => {
  const failing = { plugin: 'q', outcome: { kind: 'failed', code: 'PLUGIN_FAILED' } } as const;
  const outcomes = [...learned.outcomes, failing];
  const { clock, store, given, round, log, keep } = scene({ kind: 'learned', outcomes });
  const message = await keep('a');
  const number = store.note({ message, what: 'spam', ...common });
  assert.deepEqual(await round.give(number), { result: 'learned', reasons: [], failed: ['q'] });
  assert.equal(store.find(message)?.taught, 'spam');
  assert.deepEqual(
    log.lines.map(({ level, text }) => [level, text]),
    [['warn', 'lesson given in part']],
  );
  await round.giveAll();
  assert.equal(given.length, 1);
  await clock.advance(30_000);
  await round.giveAll();
  assert.equal(given.length, 2);
});
