import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RefusedPasswords } from '../../../src/proxy/logins/refused-passwords.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

const words = { text: 'no', responseCode: undefined };
const minuteMs = 60_000;

test('the pause doubles with each refusal, up to an hour', async () => {
  const clock = new FakeClock();
  const passwords = new RefusedPasswords({ firstMs: 5 * minuteMs, maxEntries: 10 }, clock);
  const pauses: number[] = [];
  for (let time = 0; time < 6; time += 1) {
    const pauseMs = passwords.add('a', words);
    pauses.push(pauseMs / minuteMs);
    await clock.advance(pauseMs - 1);
    assert.deepEqual(passwords.find('a'), words);
    await clock.advance(1);
    assert.equal(passwords.find('a'), undefined);
  }
  assert.deepEqual(pauses, [5, 10, 20, 40, 60, 60]);
});

test('a first pause of more than an hour stays as it is', () => {
  const passwords = new RefusedPasswords(
    { firstMs: 120 * minuteMs, maxEntries: 10 },
    new FakeClock(),
  );
  assert.equal(passwords.add('a', words), 120 * minuteMs);
  assert.equal(passwords.add('a', words), 120 * minuteMs);
});

test('without a pause nothing is remembered, nor used when it was', () => {
  const passwords = new RefusedPasswords({ firstMs: 1000, maxEntries: 10 }, new FakeClock());
  passwords.add('a', words);
  passwords.setLimits({ firstMs: 0, maxEntries: 10 });
  assert.equal(passwords.find('a'), undefined);
  assert.equal(passwords.add('b', words), 0);
  passwords.setLimits({ firstMs: 1000, maxEntries: 10 });
  assert.equal(passwords.find('b'), undefined);
});

test('only so many are remembered', () => {
  const passwords = new RefusedPasswords({ firstMs: 1000, maxEntries: 10 }, new FakeClock());
  for (let name = 0; name < 100; name += 1) passwords.add(`${name}`, words);
  const found = Array.from({ length: 100 }, (_, name) => passwords.find(`${name}`));
  assert.equal(found.filter((each) => each !== undefined).length, 10);
});
