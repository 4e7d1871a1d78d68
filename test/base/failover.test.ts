import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failover, type FailoverOptions, ServerFailure } from '../../src/base/failover.ts';
import { FakeClock, settled } from '../helpers/fake-clock.ts';

const never = new AbortController().signal;

function failover(
  servers: readonly string[],
  options: Partial<FailoverOptions<string>> = {},
): { readonly servers: Failover<string>; readonly clock: FakeClock; readonly news: string[] } {
  const clock = new FakeClock();
  const news: string[] = [];
  const made = new Failover({
    servers,
    strategy: 'first',
    maxConcurrent: 2,
    timeoutMs: 1000,
    clock,
    random: () => 0.999_999,
    onChange: (server, state, reason) => news.push(`${server} ${state} ${reason ?? ''}`.trim()),
    ...options,
  });
  return { servers: made, clock, news };
}

/** Answers with its name unless it is among the ill ones. */
function answers(ill: Readonly<Record<string, ServerFailure['kind']>>, asked: string[] = []) {
  return async (server: string): Promise<string> => {
    asked.push(server);
    const kind = ill[server];
    if (kind !== undefined) throw new ServerFailure(kind, `${server} is ill`);
    return server;
  };
}

test('the next server is asked when one fails, and those that cannot be reached do not count', async () => {
  const { servers } = failover(['a', 'b', 'c', 'd']);
  const ask = answers({ a: 'unreachable', b: 'broken', c: 'unreachable' });
  assert.equal(await servers.ask(never, ask), 'd');
});

test('a question that breaks two servers is put to no third', async () => {
  const { servers } = failover(['a', 'b', 'c']);
  const asked: string[] = [];
  const ask = answers({ a: 'broken', b: 'broken' }, asked);
  await assert.rejects(servers.ask(never, ask), { name: 'ServerFailure', message: 'b is ill' });
  assert.deepEqual(asked, ['a', 'b']);
});

test('an error of the question itself is no failure of the server', async () => {
  const { servers } = failover(['a', 'b']);
  const asked: string[] = [];
  const ask = async (server: string): Promise<never> => {
    asked.push(server);
    throw new TypeError('the message cannot be read');
  };
  for (let count = 0; count < 5; count++) {
    await assert.rejects(servers.ask(never, ask), TypeError);
  }
  assert.deepEqual(asked, ['a', 'a', 'a', 'a', 'a']);
});

test('a server that is left alone is asked only when all others have failed', async () => {
  const { servers, news } = failover(['a', 'b']);
  await servers.ask(never, answers({ a: 'unreachable' }));
  const asked: string[] = [];
  await servers.ask(never, answers({}, asked));
  assert.deepEqual(asked, ['b']);
  const again: string[] = [];
  assert.equal(await servers.ask(never, answers({ b: 'broken' }, again)), 'a');
  assert.deepEqual(again, ['b', 'a']);
  assert.deepEqual(news, ['a down a is ill', 'b up', 'a up']);
});

test('a server comes back after its pause', async () => {
  const { servers, clock } = failover(['a', 'b']);
  await servers.ask(never, answers({ a: 'unreachable' }));
  await clock.advance(1000);
  assert.equal(await servers.ask(never, answers({})), 'a');
});

test('with all of them left alone, all are asked once more', async () => {
  const { servers } = failover(['a', 'b']);
  const ill = { a: 'unreachable', b: 'unreachable' } as const;
  await assert.rejects(servers.ask(never, answers(ill)));
  assert.equal(await servers.ask(never, answers({ a: 'unreachable' })), 'b');
});

test('a server that does not answer in time is followed by another one, its signal aborted', async () => {
  const { servers, clock } = failover(['a', 'b']);
  let given: AbortSignal | undefined;
  const answer = servers.ask(never, async (server, signal) => {
    if (server === 'b') return server;
    given = signal;
    return await new Promise<string>(() => {});
  });
  await clock.advance(1000);
  assert.equal(await answer, 'b');
  assert.equal(given?.aborted, true);
  assert.equal(clock.timers, 0);
});

test('who is gone is not waited for, and no server is blamed for it', async () => {
  const { servers, news, clock } = failover(['a']);
  const controller = new AbortController();
  const answer = servers.ask(controller.signal, () => new Promise<string>(() => {}));
  await settled();
  controller.abort(new Error('client gone'));
  await assert.rejects(answer, { message: 'client gone' });
  assert.equal(clock.timers, 0);
  assert.deepEqual(news, []);
});

test('no server gets more questions at a time than it may, and the rest wait', async () => {
  const { servers } = failover(['a'], { maxConcurrent: 2 });
  const gate = Promise.withResolvers<void>();
  let running = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await gate.promise;
    running -= 1;
  };
  const all = Array.from({ length: 7 }, () => servers.ask(never, work));
  await settled();
  assert.equal(running, 2);
  gate.resolve();
  await Promise.all(all);
  assert.equal(most, 2);
});

test('"spread" asks the least busy server, "first" the first that is not full', async () => {
  for (const [strategy, expected] of [
    ['spread', ['a', 'b', 'a', 'b', 'a']],
    ['first', ['a', 'a', 'b', 'b', 'a']],
  ] as const) {
    const { servers } = failover(['a', 'b'], { strategy });
    const gate = Promise.withResolvers<void>();
    const asked: string[] = [];
    const all = expected.map(() =>
      servers.ask(never, async (server) => {
        asked.push(server);
        await gate.promise;
      }),
    );
    await settled();
    gate.resolve();
    await Promise.all(all);
    assert.deepEqual(asked, [...expected], strategy);
  }
});
