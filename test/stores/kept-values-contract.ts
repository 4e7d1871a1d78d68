// Owns what every implementation of KeptValues must do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Clock } from '../../src/base/clock.ts';
import type { KeptValues } from '../../src/plugin-api/services.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

async function pairs(values: KeptValues, prefix = ''): Promise<[string, unknown][]> {
  const found: [string, unknown][] = [];
  for await (const [key, value] of values.entries(prefix)) found.push([key, value]);
  return found;
}

async function keys(values: KeptValues, prefix = ''): Promise<string[]> {
  return (await pairs(values, prefix)).map(([key]) => key);
}

const key = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 6 })
  .filter((text) => text.isWellFormed());

/** Runs the suite; `make` gives an empty store. */
export function keptValuesContract(name: string, make: (clock: Clock) => KeptValues): void {
  test(`${name}: a value comes back as it was set, the latest counts, a deleted one is gone`, async () => {
    const values = make(new FakeClock());
    assert.equal(await values.get('a'), undefined);
    await values.set('a', { list: [1, 'ü', null, true] });
    assert.deepEqual(await values.get('a'), { list: [1, 'ü', null, true] });
    await values.set('a', 0);
    assert.equal(await values.get('a'), 0);
    await values.set('a', null);
    assert.equal(await values.get('a'), null);
    await values.delete('a');
    await values.delete('never-there');
    assert.equal(await values.get('a'), undefined);
    assert.deepEqual(await pairs(values), []);
  });

  test(`${name}: a kept object is a copy`, async () => {
    const values = make(new FakeClock());
    const given = { n: 1 };
    await values.set('a', given);
    given.n = 2;
    assert.deepEqual(await values.get('a'), { n: 1 });
  });

  test(`${name}: a value is forgotten when its time is over, and not before`, async () => {
    const clock = new FakeClock();
    const values = make(clock);
    await values.set('short', 1, { ttlMs: 1000 });
    await values.set('long', 2, { ttlMs: 3_600_000 });
    await values.set('ever', 3);
    await clock.advance(999);
    assert.deepEqual(await keys(values), ['ever', 'long', 'short']);
    await clock.advance(1);
    assert.equal(await values.get('short'), undefined);
    assert.deepEqual(await keys(values), ['ever', 'long']);
    // A value set anew without a limit has none any more.
    await values.set('long', 4);
    await clock.advance(10 * 3_600_000);
    assert.deepEqual(await pairs(values), [
      ['ever', 3],
      ['long', 4],
    ]);
  });

  test(`${name}: a prefix is taken literally`, async () => {
    const values = make(new FakeClock());
    for (const each of ['a%b', 'a_b', 'axb', 'a', 'A%', 'b', '%']) await values.set(each, each);
    assert.deepEqual(await keys(values, 'a%'), ['a%b']);
    assert.deepEqual(await keys(values, 'a_'), ['a_b']);
    assert.deepEqual(await keys(values, 'a'), ['a', 'a%b', 'a_b', 'axb']);
    assert.deepEqual(await keys(values, '%'), ['%']);
    assert.deepEqual(await keys(values, 'c'), []);
  });

  test(`${name}: entries are those of a map, ordered by code points, for any keys`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(key, fc.integer()), { maxLength: 20 }),
        key,
        async (sets, prefix) => {
          const values = make(new FakeClock());
          const expected = new Map<string, number>();
          for (const [each, value] of sets) {
            await values.set(each, value);
            expected.set(each, value);
          }
          const inOrder = [...expected]
            .filter(([each]) => each.startsWith(prefix))
            .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
          assert.deepEqual(await pairs(values, prefix), inOrder);
          for (const [each, value] of expected) assert.equal(await values.get(each), value);
        },
      ),
      { numRuns: 50 },
    );
  });

  test(`${name}: values may be changed during a walk`, async () => {
    const values = make(new FakeClock());
    for (const each of ['a', 'b', 'c', 'd']) await values.set(each, 1);
    const seen: string[] = [];
    for await (const [each] of values.entries('')) {
      seen.push(each);
      await values.delete(each);
      await values.delete('c');
    }
    assert.deepEqual(seen, ['a', 'b', 'd']);
    assert.deepEqual(await keys(values), []);
  });

  test(`${name}: what cannot be kept is refused and changes nothing`, async () => {
    const values = make(new FakeClock());
    await values.set('a', 1);
    await assert.rejects(values.set('', 1), RangeError);
    await assert.rejects(values.set('k'.repeat(513), 1), RangeError);
    await assert.rejects(values.set('\ud800', 1), TypeError);
    await assert.rejects(values.set('a', undefined), TypeError);
    await assert.rejects(
      values.set('a', () => 1),
      TypeError,
    );
    await assert.rejects(values.set('a', 'x'.repeat(64 * 1024)), RangeError);
    await values.set('k'.repeat(512), 'x'.repeat(64 * 1024 - 2));
    assert.deepEqual(await keys(values), ['a', 'k'.repeat(512)]);
    assert.equal(await values.get('a'), 1);
  });
}
