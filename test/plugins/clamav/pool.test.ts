import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pool, type Strategy } from '../../../plugins/clamav/pool.ts';
import type { ClamdServer } from '../../../plugins/clamav/server.ts';
import { settled } from '../../helpers/fake-clock.ts';
import { fakeServer } from './fake-server.ts';

const nobody: ReadonlySet<ClamdServer> = new Set();
const patience = new AbortController().signal;
const gone = new Error('connect ECONNREFUSED');

function setUp(capacities: Readonly<Record<string, number>>, strategy: Strategy = 'spread') {
  const fakes = Object.entries(capacities).map(([name, maxConcurrent]) =>
    fakeServer({ name, maxConcurrent }),
  );
  const pool = new Pool(
    fakes.map(({ server }) => server),
    strategy,
  );
  return { pool, fakes };
}

/** Work that lasts until it is let go. */
class Work {
  readonly #release = Promise.withResolvers<void>();
  server: string | undefined;
  readonly done: Promise<string | undefined>;

  constructor(pool: Pool, { signal = patience, tried = nobody } = {}) {
    this.done = pool.use(signal, tried, async ({ name }) => {
      this.server = name;
      await this.#release.promise;
      return name;
    });
    this.done.catch(() => {});
  }

  release(): void {
    this.#release.resolve();
  }
}

async function begin(pool: Pool, count: number): Promise<Work[]> {
  const works = Array.from({ length: count }, () => new Work(pool));
  await settled();
  return works;
}

const serversOf = (works: readonly Work[]) => works.map(({ server }) => server);

test('messages are spread by how busy each server is for its size', async () => {
  const { pool } = setUp({ small: 1, large: 3 });
  assert.deepEqual(serversOf(await begin(pool, 4)), ['small', 'large', 'large', 'large']);
});

test('idle servers take turns', async () => {
  const { pool } = setUp({ a: 5, b: 5, c: 5 });
  const order: (string | undefined)[] = [];
  for (let count = 0; count < 4; count++) {
    const [work] = await begin(pool, 1);
    order.push(work?.server);
    work?.release();
    await work?.done;
  }
  assert.deepEqual(order, ['a', 'b', 'c', 'a']);
});

test('"first" fills the servers in their order', async () => {
  const { pool } = setUp({ a: 2, b: 2 }, 'first');
  const works = await begin(pool, 3);
  assert.deepEqual(serversOf(works), ['a', 'a', 'b']);
  works[0]?.release();
  await works[0]?.done;
  assert.deepEqual(serversOf(await begin(pool, 1)), ['a']);
});

test('no server gets more than it may; the rest waits in order', async () => {
  const { pool } = setUp({ a: 1, b: 1 });
  const works = await begin(pool, 4);
  assert.deepEqual(serversOf(works), ['a', 'b', undefined, undefined]);
  works[1]?.release();
  await works[1]?.done;
  await settled();
  assert.deepEqual(serversOf(works), ['a', 'b', 'b', undefined]);
});

test('who leaves the line leaves it to the others', async () => {
  const { pool } = setUp({ a: 1 });
  const leaving = new AbortController();
  const [first] = await begin(pool, 1);
  const second = new Work(pool, { signal: leaving.signal });
  const third = new Work(pool);
  await settled();
  leaving.abort(new Error('gone home'));
  await assert.rejects(second.done, /gone home/);
  first?.release();
  await settled();
  assert.equal(third.server, 'a');
  third.release();
  assert.equal(await third.done, 'a');
});

test('an ill server gets nothing while another one is well', async () => {
  const { pool, fakes } = setUp({ a: 1, b: 5 });
  const [ill] = fakes;
  assert.ok(ill);
  ill.clamd.answer = gone;
  await ill.server.check();
  assert.deepEqual(serversOf(await begin(pool, 3)), ['b', 'b', 'b']);
  assert.equal(ill.clamd.asked, 1);
});

test('one that was tried is not used again, and not waited for', async () => {
  const { pool, fakes } = setUp({ a: 1, b: 1 });
  const [a, b] = fakes;
  assert.ok(a && b);
  const work = new Work(pool, { tried: new Set([a.server]) });
  await settled();
  assert.equal(work.server, 'b');
  assert.equal(await pool.use(patience, new Set([a.server, b.server]), async () => 'x'), undefined);
});

test('when nobody is well all are asked once more, and the first who answers gets the message', async () => {
  const { pool, fakes } = setUp({ a: 1, b: 1 });
  const [a, b] = fakes;
  assert.ok(a && b);
  for (const { clamd, server } of fakes) {
    clamd.answer = gone;
    await server.check();
  }
  assert.equal(await pool.use(patience, nobody, async () => 'x'), undefined);
  assert.equal(pool.errors, 'a: connect ECONNREFUSED, b: connect ECONNREFUSED');
  // A black hole: its answer never comes.
  a.clamd.answer = new Promise(() => {});
  b.clamd.answer = 'ClamAV 1.4.6/27500/x';
  assert.equal(await pool.use(patience, nobody, async ({ name }) => name), 'b');
});

test('nobody waits for an answer longer than its deadline', async () => {
  const { pool, fakes } = setUp({ a: 1 });
  const [a] = fakes;
  assert.ok(a);
  a.clamd.answer = gone;
  await a.server.check();
  a.clamd.answer = new Promise(() => {});
  const deadline = new AbortController();
  const using = pool.use(deadline.signal, nobody, async () => 'x');
  deadline.abort(new Error('too late'));
  await assert.rejects(using, /too late/);
});

test('those who wait are sent on when the last server fails', async () => {
  const { pool, fakes } = setUp({ a: 1 });
  const [a] = fakes;
  assert.ok(a);
  const [, waiting] = await begin(pool, 2);
  a.clamd.answer = gone;
  await a.server.check();
  assert.equal(await waiting?.done, undefined);
});

test('those who wait are called up when a server comes back', async () => {
  const { pool, fakes } = setUp({ a: 1, b: 1 });
  const [, b] = fakes;
  assert.ok(b);
  b.clamd.answer = gone;
  await b.server.check();
  const works = await begin(pool, 2);
  assert.deepEqual(serversOf(works), ['a', undefined]);
  b.clamd.answer = 'ClamAV 1.4.6/27500/x';
  await b.server.check();
  await settled();
  assert.deepEqual(serversOf(works), ['a', 'b']);
});

test('work that throws gives its place back', async () => {
  const { pool } = setUp({ a: 1 });
  const failing = pool.use(patience, nobody, async () => {
    throw new Error('boom');
  });
  await assert.rejects(failing, /boom/);
  assert.equal(await pool.use(patience, nobody, async () => 'x'), 'x');
});

test('the key names the versions of all that are well, and is unknown when one of them is', async () => {
  const { pool, fakes } = setUp({ a: 1, b: 1 });
  const [a, b] = fakes;
  assert.ok(a && b);
  const learn = async () => {
    await Promise.all(fakes.map(({ server }) => server.check()));
    return pool.versionKey;
  };
  assert.equal(pool.versionKey, undefined);
  assert.equal(await learn(), '1.4.6/27500');
  a.clamd.answer = 'ClamAV 1.4.6/27501/x';
  assert.equal(await learn(), '1.4.6/27500+1.4.6/27501');
  b.clamd.answer = 'ClamAV 1.4.6\n';
  assert.equal(await learn(), undefined);
  b.clamd.answer = gone;
  assert.equal(await learn(), '1.4.6/27501');
  a.clamd.answer = gone;
  assert.equal(await learn(), undefined);
});

test('after the end nobody gets a server', async () => {
  const { pool } = setUp({ a: 1 });
  const [, waiting] = await begin(pool, 2);
  pool.stop();
  assert.equal(await waiting?.done, undefined);
  assert.equal(await pool.use(patience, nobody, async () => 'x'), undefined);
});
