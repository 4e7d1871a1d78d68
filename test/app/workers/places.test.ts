import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type PlaceHolder, PlacePool } from '../../../src/app/workers/place-pool.ts';
import { WorkerPlaces } from '../../../src/app/workers/worker-places.ts';
import type { SessionLimit, Slot } from '../../../src/proxy/session-count.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

const listener = { name: 'l', maxSessions: 1000 };

/** A worker and its connection, over which messages travel one by one, and only when a test says so. */
class Simulated implements PlaceHolder {
  readonly places: WorkerPlaces;
  readonly #pool: PlacePool;
  readonly #toWorker: (() => void)[] = [];
  readonly #toPool: (() => void)[] = [];
  asked = 0;
  #isDead = false;

  constructor(pool: PlacePool, workers: number, perAddress: number) {
    this.#pool = pool;
    const office = {
      take: (limits: Parameters<PlacePool['take']>[1]) => {
        this.asked += 1;
        return new Promise<SessionLimit | null>((resolve) => {
          this.#toPool.push(() => {
            void pool.take(this, limits).then((full) => {
              this.#toWorker.push(() => resolve(full));
            });
          });
        });
      },
      release: (key: string) => void this.#toPool.push(() => pool.release(this, key)),
    };
    this.places = new WorkerPlaces(workers, office, pool.join(this));
    this.places.setLimits({ maxSessions: 1000, maxSessionsPerAddress: perAddress });
  }

  pool(key: string): void {
    this.#toWorker.push(() => {
      setImmediate(() => {
        const taken = this.places.pool(key);
        this.#toPool.push(() => this.#pool.counted(this, key, taken));
      });
    });
  }

  unpool(key: string): void {
    this.#toWorker.push(() => this.places.unpool(key));
  }

  /** One message in that direction. */
  async carry(direction: 'toWorker' | 'toPool'): Promise<boolean> {
    const queue = direction === 'toWorker' ? this.#toWorker : this.#toPool;
    const message = this.#isDead ? undefined : queue.shift();
    message?.();
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    return message !== undefined;
  }

  die(): void {
    this.#isDead = true;
    this.#pool.leave(this);
  }
}

async function settle(workers: readonly Simulated[]): Promise<void> {
  for (let isBusy = true; isBusy; ) {
    isBusy = false;
    for (const worker of workers) {
      if (await worker.carry('toPool')) isBusy = true;
      if (await worker.carry('toWorker')) isBusy = true;
    }
  }
}

test('a worker within its share asks nobody', () => {
  const worker = new Simulated(new PlacePool(2, new FakeClock()), 2, 10);
  for (let count = 0; count < 5; count++) {
    assert.ok(!(worker.places.tryTake('a', listener) instanceof Promise));
  }
  assert.ok(worker.places.tryTake('a', listener) instanceof Promise);
  assert.ok(!(worker.places.tryTake('b', listener) instanceof Promise));
});

test('one worker may have all places when the other has none', async () => {
  const pool = new PlacePool(2, new FakeClock());
  const [one, other] = [new Simulated(pool, 2, 7), new Simulated(pool, 2, 7)];
  const slots = Array.from({ length: 9 }, () => one.places.tryTake('a', listener));
  await settle([one, other]);
  const kinds = (await Promise.all(slots)).map(({ kind }) => kind);
  assert.equal(kinds.filter((kind) => kind === 'taken').length, 7);
  const late = other.places.tryTake('a', listener);
  await settle([one, other]);
  assert.deepEqual(await late, { kind: 'full', limit: 'address' });
});

test('what a dead worker had is free', async () => {
  const pool = new PlacePool(2, new FakeClock());
  const [one, other] = [new Simulated(pool, 2, 3), new Simulated(pool, 2, 3)];
  const slots = Array.from({ length: 3 }, () => one.places.tryTake('a', listener));
  await settle([one, other]);
  assert.equal((await Promise.all(slots)).filter(({ kind }) => kind === 'taken').length, 3);
  one.die();
  const again = Array.from({ length: 4 }, () => other.places.tryTake('a', listener));
  await settle([other]);
  assert.equal((await Promise.all(again)).filter(({ kind }) => kind === 'taken').length, 3);
});

test('a limit is given back to the workers when they are far from it', async () => {
  const clock = new FakeClock();
  const pool = new PlacePool(2, clock);
  const [one, other] = [new Simulated(pool, 2, 8), new Simulated(pool, 2, 8)];
  const slots = Array.from({ length: 5 }, () => one.places.tryTake('a', listener));
  await settle([one, other]);
  for (const slot of await Promise.all(slots)) if (slot.kind === 'taken') slot.release();
  await settle([one, other]);
  await clock.advance(1000);
  await settle([one, other]);
  assert.ok(!(one.places.tryTake('a', listener) instanceof Promise));
  assert.ok(!(other.places.tryTake('a', listener) instanceof Promise));
});

test('whatever the order of events, a limit is never passed and no place is lost', async () => {
  const event = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('take' as const), at: fc.nat(1) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('release' as const), at: fc.nat(50) }) },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constantFrom('toWorker' as const, 'toPool' as const),
        at: fc.nat(1),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('sweep' as const), at: fc.nat(1) }) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.array(event, { maxLength: 80 }),
      async (limit, events) => {
        const clock = new FakeClock();
        const pool = new PlacePool(2, clock);
        const workers = [new Simulated(pool, 2, limit), new Simulated(pool, 2, limit)] as const;
        const taken: Extract<Slot, { kind: 'taken' }>[] = [];
        const keep = (slot: Slot): void => {
          if (slot.kind === 'taken') taken.push(slot);
          assert.ok(taken.length <= limit, `${taken.length} of ${limit}`);
        };
        const open: Promise<void>[] = [];
        for (const { kind, at } of events) {
          const worker = at === 0 ? workers[0] : workers[1];
          if (kind === 'take') {
            const slot = worker.places.tryTake('a', listener);
            if (slot instanceof Promise) open.push(slot.then(keep));
            else keep(slot);
          } else if (kind === 'release') taken.splice(at % (taken.length || 1), 1)[0]?.release();
          else if (kind === 'sweep') await clock.advance(1000);
          else await worker.carry(kind);
        }
        await settle(workers);
        await Promise.all(open);
        for (const slot of taken.splice(0)) slot.release();
        await settle(workers);
        const all = Array.from({ length: limit + 2 }, () =>
          Promise.resolve(workers[0].places.tryTake('a', listener)),
        );
        await settle(workers);
        const kinds = (await Promise.all(all)).map(({ kind }) => kind);
        assert.equal(kinds.filter((kind) => kind === 'taken').length, limit);
      },
    ),
    { numRuns: 150 },
  );
});
