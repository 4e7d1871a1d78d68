import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KnownTroubles } from '../../../src/app/workers/known-troubles.ts';
import type { KnownTrouble } from '../../../src/app/workers/messages.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

function listener() {
  const heard: KnownTrouble[] = [];
  return { heard, hear: (trouble: KnownTrouble) => void heard.push(trouble) };
}

const trouble = { key: 'kim host u1', trouble: 'brokenPromise' } as const;

test('all others hear of a trouble, and those that come later', () => {
  const troubles = new KnownTroubles(new FakeClock());
  const [one, other, late] = [listener(), listener(), listener()];
  assert.deepEqual(troubles.join(one), []);
  troubles.join(other);
  troubles.tell(one, trouble);
  assert.deepEqual([one.heard, other.heard], [[], [trouble]]);
  assert.deepEqual(troubles.join(late), [trouble]);
});

test('what is old is forgotten, and who has left hears nothing', async () => {
  const clock = new FakeClock();
  const troubles = new KnownTroubles(clock);
  const [one, other] = [listener(), listener()];
  troubles.join(one);
  troubles.join(other);
  troubles.leave(other);
  troubles.tell(one, trouble);
  assert.deepEqual(other.heard, []);
  await clock.advance(3 * 86_400_000);
  assert.deepEqual(troubles.join(listener()), []);
});
