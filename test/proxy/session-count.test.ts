import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SessionCount, type Slot } from '../../src/proxy/session-count.ts';

const listener = { name: 'main', maxSessions: 2 };
const other = { name: 'other', maxSessions: 100 };

test('each limit counts for itself, and says which one it was', () => {
  const count = new SessionCount({ maxSessions: 4, maxSessionsPerAddress: 2 });
  const limitOf = (slot: Slot): string => (slot.kind === 'full' ? slot.limit : slot.kind);
  assert.equal(limitOf(count.tryTake('a', listener)), 'taken');
  assert.equal(limitOf(count.tryTake('b', listener)), 'taken');
  assert.equal(limitOf(count.tryTake('c', listener)), 'listener');
  assert.equal(limitOf(count.tryTake('a', other)), 'taken');
  assert.equal(limitOf(count.tryTake('a', other)), 'address');
  assert.equal(limitOf(count.tryTake('c', other)), 'taken');
  assert.equal(limitOf(count.tryTake('d', other)), 'total');
  assert.equal(count.total, 4);
});

test('a refused session takes nothing', () => {
  const count = new SessionCount({ maxSessions: 1, maxSessionsPerAddress: 1 });
  const first = count.tryTake('a', other);
  count.tryTake('a', other);
  assert.equal(count.total, 1);
  assert.ok(first.kind === 'taken');
  first.release();
  assert.equal(count.tryTake('a', other).kind, 'taken');
});

test('no sequence of sessions exceeds a limit or leaves anything behind', () => {
  const step = fc.record({
    address: fc.constantFrom('a', 'b', 'c'),
    listener: fc.constantFrom(listener, other),
    ends: fc.nat(5),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const count = new SessionCount({ maxSessions: 5, maxSessionsPerAddress: 2 });
      const open: { address: string; listener: string; release(): void }[] = [];
      for (const { address, listener: place, ends } of steps) {
        const slot = count.tryTake(address, place);
        if (slot.kind === 'taken') {
          open.push({ address, listener: place.name, release: () => slot.release() });
        }
        assert.equal(count.total, open.length);
        assert.ok(open.length <= 5);
        assert.ok(open.filter((each) => each.address === address).length <= 2);
        assert.ok(open.filter((each) => each.listener === 'main').length <= 2);
        open.splice(ends, 1).forEach((each) => void each.release());
      }
      for (const each of open) each.release();
      assert.equal(count.total, 0);
    }),
  );
});
