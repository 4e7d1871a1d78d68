import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heedSender, learn } from '../../src/pipeline/learn.ts';
import type { LoadedPlugin } from '../../src/pipeline/plugin.ts';
import type { Lesson, SenderWish } from '../../src/plugin-api/lesson.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { loaded, wholeMessage } from '../helpers/pipeline.ts';

const lesson = {
  account: { user: 'ann', upstreamHost: 'pop.example.net' },
  as: 'spam',
  weight: 'correction',
  source: 'command',
} as const;

function teach(clock: FakeClock, ...plugins: readonly LoadedPlugin[]) {
  const { signal } = new AbortController();
  return learn(wholeMessage('Subject: x\r\n\r\ntext'), lesson, { plugins, clock }, signal);
}

test('every plugin that can learn is given the lesson with the message', async () => {
  const given: [Lesson, string][] = [];
  const pupil = loaded({
    async learn(each) {
      given.push([each, (await each.message.headers()).get('Subject') ?? '']);
      return { kind: 'learned' };
    },
  });
  const other = loaded({ learn: async () => ({ kind: 'unchanged', reason: 'known' }) });
  const results = await teach(new FakeClock(), pupil, loaded({}), other);
  assert.deepEqual(
    results.map(({ outcome }) => outcome),
    [{ kind: 'learned' }, { kind: 'unchanged', reason: 'known' }],
  );
  const [[each, subject] = []] = given;
  assert.equal(each?.account?.user, 'ann');
  assert.equal(subject, 'x');
});

test('one that fails has learned nothing, and the others have', async () => {
  const results = await teach(
    new FakeClock(),
    loaded({ learn: async () => Promise.reject(new Error('no')) }),
    loaded({ learn: async () => undefined as never }),
    loaded({ learn: async () => ({ kind: 'learned' }) }),
  );
  assert.deepEqual(
    results.map(({ outcome }) => ('code' in outcome ? outcome.code : outcome.kind)),
    ['PLUGIN_FAILED', 'PLUGIN_FAILED', 'learned'],
  );
});

test('one that takes too long is given up', async () => {
  const clock = new FakeClock();
  const results = teach(clock, loaded({ learn: () => new Promise(() => {}) }));
  await clock.advance(60_000);
  assert.deepEqual(
    (await results).map(({ outcome }) => outcome),
    [{ kind: 'failed', code: 'PLUGIN_TIMEOUT' }],
  );
});

test('what is wanted of a sender is told to those who keep lists, and to nobody else', async () => {
  const given: SenderWish[] = [];
  const list = loaded({
    async heedSender(wish) {
      given.push(wish);
      return { kind: 'learned' };
    },
  });
  const deaf = loaded({ learn: async () => assert.fail('it is no lesson') });
  const wish = { account: lesson.account, as: 'block', source: 'link' } as const;
  const message = wholeMessage('From: a@example.net\r\n\r\ntext');
  const { signal } = new AbortController();
  const services = { plugins: [list, deaf], clock: new FakeClock() };
  const results = await heedSender(message, wish, services, signal);
  assert.deepEqual(
    results.map(({ outcome }) => outcome),
    [{ kind: 'learned' }],
  );
  assert.deepEqual([given[0]?.as, given[0]?.account.user], ['block', 'ann']);
});
