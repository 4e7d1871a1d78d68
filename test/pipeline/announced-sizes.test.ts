import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnnouncedSizes } from '../../src/pipeline/announced-sizes.ts';
import type { AccountKey, FinalSizes } from '../../src/stores/store.ts';

const ann: AccountKey = { user: 'ann', upstreamHost: 'pop.example.org', textMode: 'octets' };

function memoryStore(): FinalSizes {
  const rows = new Map<string, Map<string, number>>();
  const rowsOf = ({ user, upstreamHost }: AccountKey, policy: string): Map<string, number> => {
    const key = JSON.stringify([user, upstreamHost, policy]);
    const found = rows.get(key) ?? new Map<string, number>();
    rows.set(key, found);
    return found;
  };
  return {
    of: (account, policy) => rowsOf(account, policy),
    remember: (account, policy, uidl, octets) => void rowsOf(account, policy).set(uidl, octets),
    close() {},
  };
}

test('without a store the sizes of the upstream are announced, and nothing is learned', () => {
  const sizes = new AnnouncedSizes({ store: undefined, headerBudgetOctets: 100, policy: 'p' });
  sizes.learn(ann, 'a', 500);
  assert.equal(sizes.of(ann)(200, 'a'), 200);
  assert.equal(sizes.isTruthful, false);
});

test('a message not seen before is announced with what headers may add', () => {
  const sizes = new AnnouncedSizes({ store: memoryStore(), headerBudgetOctets: 100, policy: 'p' });
  assert.equal(sizes.of(ann)(200, 'a'), 300);
  assert.equal(sizes.of(ann)(200, undefined), 300);
  assert.equal(sizes.isTruthful, true);
});

test('a message seen before is announced as it was sent: same account, UIDL and policy only', () => {
  const store = memoryStore();
  const sizes = new AnnouncedSizes({ store, headerBudgetOctets: 0, policy: 'p' });
  sizes.learn(ann, 'a', 777);
  sizes.learn(ann, undefined, 999);
  assert.equal(sizes.of(ann)(200, 'a'), 777);
  assert.equal(sizes.of(ann)(200, 'b'), 200);
  assert.equal(sizes.of(ann)(200, undefined), 200);
  assert.equal(sizes.of({ ...ann, user: 'bob' })(200, 'a'), 200);
  const other = new AnnouncedSizes({ store, headerBudgetOctets: 0, policy: 'q' });
  assert.equal(other.of(ann)(200, 'a'), 200);
});
