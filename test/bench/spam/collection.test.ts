import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectionMissing, readCollection, readIndex } from '../../../bench/spam/collection.ts';
import { inventCollection } from '../../../bench/spam/invented/invent.ts';

test('the made-up collection is the same every time, without two equal messages', () => {
  const { mails } = inventCollection();
  assert.deepEqual(inventCollection().mails, mails);
  assert.ok(mails.length >= 60 && mails.length <= 120);
  assert.equal(new Set(mails.map(({ octets }) => octets.toString('latin1'))).size, mails.length);
  for (const label of ['ham', 'spam']) {
    assert.ok(mails.filter((mail) => mail.label === label).length >= 40, label);
  }
});

test('a line of the index without a label is refused', () => {
  const index = 'path\tlabel\tsource\torigin\nmsg/1.eml\tham\tlist\tx\n';
  assert.deepEqual(readIndex(index), [{ path: 'msg/1.eml', label: 'ham', source: 'list' }]);
  assert.throws(() => readIndex(`${index}msg/2.eml\tmaybe\tlist\tx\n`), /msg\/2\.eml/);
});

test('the real collection is read in the order of its index', async (t) => {
  const missing = collectionMissing();
  // It cannot be installed like a program, so that its absence is no failure in CI either.
  if (missing !== undefined) return t.skip(missing);
  const { mails } = await readCollection();
  assert.ok(mails.length > 1000);
  assert.deepEqual(
    mails.map(({ path }) => path),
    mails.map(({ path }) => path).toSorted(),
  );
});
