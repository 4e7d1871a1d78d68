import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../src/base/errors.ts';
import { Turns } from '../../src/base/turns.ts';
import { MemoryBudget } from '../../src/pipeline/memory-budget.ts';
import {
  type AskedMessage,
  maxMessageOctets,
  ReadAhead,
  type ReadAheadCounts,
  type ReadAheadSession,
} from '../../src/proxy/read-ahead.ts';
import { Maildrop, type UpstreamMessage } from '../../src/session/maildrop.ts';
import { settled } from '../helpers/fake-clock.ts';

const signal = new AbortController().signal;

/** A message whose arrival a test decides upon. */
class FakeMessage {
  readonly kind = 'relayed';
  readonly number: number;
  readonly when: 'now' | 'early';
  readonly #arrival = Promise.withResolvers<void>();
  readonly arrived = this.#arrival.promise;
  failure: AppError | undefined;
  disposals = 0;

  constructor(number: number, when: 'now' | 'early') {
    this.number = number;
    this.when = when;
  }

  arrive(): void {
    this.#arrival.resolve();
  }

  refuse(): void {
    this.failure ??= new AppError('UPSTREAM_REFUSED_MESSAGE', {
      fault: 'upstream',
      publicText: 'no',
    });
    this.#arrival.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disposals += 1;
  }
}

interface Settings extends Partial<Pick<ReadAheadSession, 'mode' | 'mayPipeline' | 'isTroubled'>> {
  readonly sizes?: readonly number[];
  readonly budgetBytes?: number;
}

function reading({ sizes = Array(100).fill(1000), budgetBytes = 1e9, ...rest }: Settings = {}) {
  const maildrop = new Maildrop(
    sizes.map((octets, index) => ({ number: index + 1, octets })),
    undefined,
  );
  const budget = new MemoryBudget(budgetBytes);
  const asked: FakeMessage[] = [];
  const failedEarly: number[] = [];
  const ended: ReadAheadCounts[] = [];
  const ahead = new ReadAhead({
    mode: 'on',
    mayPipeline: true,
    maildrop,
    fetch: ({ number }, when) => {
      const message = new FakeMessage(number, when);
      asked.push(message);
      return message as unknown as AskedMessage;
    },
    together: (work) => work(),
    isTroubled: () => false,
    failedEarly: ({ number }) => failedEarly.push(number),
    ended: (counts) => ended.push(counts),
    budget,
    earlyTurns: new Turns(8),
    signal,
    ...rest,
  });
  const find = (number: number): UpstreamMessage => {
    const message = maildrop.find(number);
    assert.ok(message?.source === 'upstream');
    return message;
  };
  return {
    ahead,
    maildrop,
    budget,
    asked,
    failedEarly,
    ended,
    take: (number: number) => ahead.take(find(number)) as unknown as FakeMessage,
    commands: () => asked.map(({ number, when }) => `${when} ${number}`),
    async arriveAll() {
      for (;;) {
        const before = asked.length;
        for (const each of asked) each.arrive();
        await settled();
        if (asked.length === before) return;
      }
    },
  };
}

test('nothing is fetched before the first RETR, then what comes next in the order of the client', async () => {
  const { take, commands, ahead, arriveAll } = reading();
  assert.deepEqual(commands(), []);
  assert.equal(take(5).number, 5);
  assert.deepEqual(commands(), ['now 5', 'early 6', 'early 7']);
  await arriveAll();
  assert.equal(take(6).when, 'early');
  await arriveAll();
  assert.deepEqual(commands().slice(3), ['early 8', 'early 9', 'early 10']);
  await ahead.end();
});

test('what was fetched early is counted once, by whether the client wanted it', async () => {
  const { take, ahead, ended, asked, arriveAll } = reading();
  for (const number of [1, 2, 3]) {
    take(number);
    await arriveAll();
  }
  const early = asked.filter(({ when }) => when === 'early').length;
  await ahead.end();
  await ahead.end();
  assert.deepEqual(ended, [{ used: 2, unused: early - 2 }]);
  assert.ok(early > 2, `${early}`);
});

test('where reading ahead is off only what is asked for is fetched', () => {
  const { take, commands, budget } = reading({ mode: 'off' });
  for (const number of [1, 2, 3, 2]) assert.equal(take(number).number, number);
  assert.deepEqual(commands(), ['now 1', 'now 2', 'now 3', 'now 2']);
  assert.equal(budget.usedBytes, 0);
});

test('what is deleted, troubled or too large is left out', () => {
  const sizes = [1, 1, maxMessageOctets + 1, 1, 1, 1];
  const isTroubled = ({ number }: UpstreamMessage): boolean => number === 5;
  for (const [first, expected] of [
    [1, ['now 1']],
    [4, ['now 4', 'early 6']],
  ] as const) {
    const { take, maildrop, commands } = reading({ sizes, isTroubled });
    const second = maildrop.find(2);
    assert.ok(second !== undefined);
    maildrop.markDeleted(second);
    take(first);
    assert.deepEqual(commands(), expected);
  }
});

test('without pipelining one message is on its way at a time', async () => {
  const { take, asked, commands } = reading({ mayPipeline: false });
  take(1);
  assert.deepEqual(commands(), ['now 1', 'early 2']);
  asked[1]?.arrive();
  await settled();
  assert.deepEqual(commands(), ['now 1', 'early 2', 'early 3']);
});

test('one refused early is told once, and asked for again when it is wanted', async () => {
  const { take, asked, failedEarly } = reading();
  take(1);
  const refused = asked[1];
  assert.equal(refused?.number, 2);
  refused.refuse();
  await settled();
  assert.deepEqual(failedEarly, [2]);
  const again = take(2);
  assert.notEqual(again, refused);
  assert.equal(again.when, 'now');
  assert.equal(refused.disposals, 1);
  assert.equal(again.disposals, 0);
});

test('a message that the client reads again is fetched again, never early', async () => {
  const { take, asked, arriveAll } = reading({ sizes: [1, 1, 1] });
  for (const number of [1, 2, 3]) {
    take(number);
    await arriveAll();
  }
  assert.equal(take(2).when, 'now');
  await arriveAll();
  assert.equal(asked.length, 4);
});

test('large messages ahead are few, and none where memory is short', async () => {
  const { take, asked } = reading({ sizes: Array(50).fill(400_000) });
  take(1);
  assert.equal(asked.length, 2);
  const short = reading({ sizes: Array(50).fill(400_000), budgetBytes: 799_999 });
  short.take(1);
  assert.equal(short.asked.length, 1);
});

test('at the end what nobody asked for is given up, and its last octets are waited for', async () => {
  const { ahead, take, asked, budget } = reading();
  take(1);
  let isOver = false;
  const ending = ahead.end().then(() => {
    isOver = true;
  });
  await settled();
  assert.equal(budget.usedBytes, 0);
  assert.equal(isOver, false);
  for (const each of asked.slice(1)) each.arrive();
  await ending;
  assert.deepEqual(
    asked.map(({ disposals }) => disposals),
    [0, 1, 1],
  );
  const count = asked.length;
  take(3);
  assert.equal(asked.length, count + 1, 'nothing is fetched early any more');
  await ahead.end();
});

type Step =
  | { readonly kind: 'take' | 'delete'; readonly index: number }
  | { readonly kind: 'arrive' | 'refuse'; readonly index: number }
  | { readonly kind: 'reset' };

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('take' as const), index: fc.nat(40) }) },
  fc.record({ kind: fc.constantFrom('delete' as const, 'refuse' as const), index: fc.nat(40) }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('arrive' as const), index: fc.nat(3) }) },
  fc.record({ kind: fc.constant('reset' as const) }),
);

test('whatever happens, each gets its own message, bounds hold and no memory stays counted', async () => {
  const size = fc.oneof(fc.nat(20_000), fc.nat(2 * maxMessageOctets));
  await fc.assert(
    fc.asyncProperty(
      fc.array(size, { minLength: 1, maxLength: 40 }),
      fc.array(steps, { maxLength: 60 }),
      fc.boolean(),
      async (sizes, played, mayPipeline) => {
        const { ahead, maildrop, budget, asked, take } = reading({
          sizes,
          mayPipeline,
          budgetBytes: 16_000_000,
        });
        const taken = new Set<FakeMessage>();
        const coming: FakeMessage[] = [];
        const note = (): void => {
          for (const each of asked) if (!coming.includes(each)) coming.push(each);
        };
        const settledOnes = new Set<FakeMessage>();
        for (const step of played) {
          const number = 'index' in step ? (step.index % sizes.length) + 1 : 0;
          if (step.kind === 'reset') maildrop.unmarkAll();
          const message = maildrop.find(number);
          if (step.kind === 'delete' && message !== undefined) maildrop.markDeleted(message);
          if (step.kind === 'take' && message !== undefined) {
            const given = take(number);
            assert.equal(given.number, number);
            assert.equal(given.failure, undefined);
            assert.equal(given.disposals, 0);
            assert.ok(!taken.has(given), 'given twice');
            taken.add(given);
          }
          note();
          if (step.kind === 'arrive' || step.kind === 'refuse') {
            // An upstream answers in the order in which it was asked.
            const next = coming.find((each) => !settledOnes.has(each));
            if (next !== undefined) {
              settledOnes.add(next);
              if (step.kind === 'arrive') next.arrive();
              else next.refuse();
            }
          }
          await settled();
          note();
          const unasked = asked.filter(
            (each) => each.when === 'early' && !taken.has(each) && each.disposals === 0,
          );
          const octets = unasked.reduce((sum, each) => sum + (sizes[each.number - 1] ?? 0), 0);
          assert.equal(budget.usedBytes, octets);
          assert.ok(unasked.length <= 64 && octets <= 4 * 1024 * 1024);
        }
        const early = asked.filter(({ when }) => when === 'early').map(({ number }) => number);
        assert.equal(new Set(early).size, early.length, 'fetched early twice');
        for (const each of asked) each.arrive();
        await ahead.end();
        assert.equal(budget.usedBytes, 0);
        for (const each of asked) {
          if (!taken.has(each)) assert.equal(each.disposals, 1);
          else assert.equal(each.disposals, 0);
        }
      },
    ),
    { numRuns: 60 },
  );
});
