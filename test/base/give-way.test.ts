import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GiveWay } from '../../src/base/give-way.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

test('it is due once the loop was kept for a while, and not again after giving way', async () => {
  const clock = new FakeClock();
  const loop = new GiveWay(clock);
  assert.equal(loop.isDue, false);
  await clock.advance(9);
  assert.equal(loop.isDue, false);
  await clock.advance(1);
  assert.equal(loop.isDue, true);
  await loop.giveWay();
  assert.equal(loop.isDue, false);
});

test('what is ready runs before the work goes on', async () => {
  const steps: string[] = [];
  setImmediate(() => steps.push('another session'));
  await new GiveWay().giveWay();
  steps.push('this work');
  assert.deepEqual(steps, ['another session', 'this work']);
});
