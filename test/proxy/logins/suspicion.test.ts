import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SuspectList, suspectKey } from '../../../src/proxy/logins/suspicion.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

const keys = { network: 'n', name: 'anna', account: 'a', secret: 's', upstream: 'u' };

for (const keyOf of Object.values(suspectKey)) {
  const key = keyOf(keys);
  test(`a login is suspect while ${key} is`, async () => {
    const clock = new FakeClock();
    const list = new SuspectList(clock, 100);
    assert.equal(list.concerns(keys), false);
    list.add({ key, forMs: 1000 });
    list.add({ key, forMs: 10 });
    list.add({ key: `${key}x`, forMs: 100_000 });
    assert.equal(list.concerns(keys), true);
    await clock.advance(999);
    assert.equal(list.concerns(keys), true);
    await clock.advance(1);
    assert.equal(list.concerns(keys), false);
    assert.deepEqual(list.all(), [{ key: `${key}x`, forMs: 99_000 }]);
  });
}

test('the list is bounded; the oldest goes first', () => {
  const list = new SuspectList(new FakeClock(), 3);
  for (const key of ['1', '2', '3', '4', '5']) list.add({ key, forMs: 1000 });
  assert.deepEqual(
    list.all().map(({ key }) => key),
    ['3', '4', '5'],
  );
});
