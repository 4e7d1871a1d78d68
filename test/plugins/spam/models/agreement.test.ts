import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleOf } from '../../../../plugins/spam/features/sample.ts';
import { agreedOn } from '../../../../plugins/spam/models/agreement.ts';
import { signatureOf } from '../../../../plugins/spam/models/near-copies.ts';
import { ann, ben, cleo, letter, setting } from './setting.ts';

const shared = { scope: 'shared', agreement: { accounts: 3, domains: 2, within: '7d' } };
const dan = { user: 'dan@two.example', upstreamHost: 'pop.example.net' };
const dayMs = 86_400_000;

/** As a sender of bulk mail makes it: another recipient, another number, the same text. */
function copy(number: number): Buffer {
  const text = letter('spam', 1).toString('latin1');
  return Buffer.from(
    text
      .replace('<spam-1@', `<copy-${number}@`)
      .replace('\r\n\r\n', `\r\n\r\nDear reader ${number},\r\n`)
      .replaceAll(/spam1-\d/g, ''),
  );
}

test('one account cannot teach all, however often it says so', async () => {
  const { learn, scoreOf } = setting({ options: shared });
  const before = scoreOf(ben, copy(1));
  for (const number of [1, 2, 3, 4, 5]) await learn(ann, 'spam', copy(number));
  assert.equal(scoreOf(ben, copy(1)), before);
  assert.equal(scoreOf(ann, copy(1)), before);
});

test('enough accounts of enough domains that call near copies the same teach all', async () => {
  const { learn, scoreOf } = setting({ options: shared });
  const before = scoreOf(ben, copy(9));
  assert.equal((await learn(ben, 'spam', copy(1))).kind, 'unchanged');
  await learn(cleo, 'spam', copy(2));
  await learn(dan, 'spam', copy(3));
  assert.equal(scoreOf(ben, copy(9)), before, 'three accounts of one domain');
  assert.deepEqual(await learn(ann, 'spam', copy(4)), { kind: 'learned' });
  assert.ok(scoreOf(ben, copy(9)) > before);
  assert.equal((await learn(ann, 'spam', copy(5))).kind, 'unchanged');
});

test('whoever says the opposite counts against it, and who changes their mind takes it back', async () => {
  const { learn, scoreOf } = setting({ options: shared });
  const before = scoreOf(undefined, copy(9));
  await learn(dan, 'ham', copy(0));
  await learn(ann, 'spam', copy(1));
  await learn(ben, 'spam', copy(2));
  await learn(cleo, 'spam', copy(3));
  assert.equal(scoreOf(undefined, copy(9)), before);
  assert.deepEqual(await learn(dan, 'spam', copy(0)), { kind: 'learned' });
  assert.ok(scoreOf(undefined, copy(9)) > before);
  await learn(dan, 'forget', copy(0));
  await learn(cleo, 'forget', copy(3));
  assert.equal(scoreOf(undefined, copy(9)), before);
});

test('votes that are far apart do not add up', async () => {
  const { learn, scoreOf, clock } = setting({ options: shared });
  const before = scoreOf(undefined, copy(9));
  await learn(ann, 'spam', copy(1));
  await learn(ben, 'spam', copy(2));
  await clock.advance(8 * dayMs);
  await learn(cleo, 'spam', copy(3));
  assert.equal(scoreOf(undefined, copy(9)), before);
});

test('confirmations are no votes, and other messages are other clusters', async () => {
  const { learn, scoreOf } = setting({ options: shared });
  const before = scoreOf(undefined, copy(9));
  await learn(ann, 'spam', copy(1), { weight: 'confirmation' });
  await learn(ben, 'spam', copy(2));
  await learn(cleo, 'spam', copy(3));
  await learn(ann, 'spam', letter('ham', 4));
  assert.equal(scoreOf(undefined, copy(9)), before);
});

test('with scope both an own lesson counts at once, and as a vote', async () => {
  const { learn, scoreOf } = setting({ options: { ...shared, scope: 'both' } });
  const before = scoreOf(dan, copy(9));
  await learn(ann, 'spam', copy(1));
  assert.ok(scoreOf(ann, copy(9)) > before);
  assert.equal(scoreOf(dan, copy(9)), before);
  await learn(ben, 'spam', copy(2));
  await learn(cleo, 'spam', copy(3));
  assert.ok(scoreOf(dan, copy(9)) > before);
});

test('with scope account no account reaches what all have in common', async () => {
  const { learn, scoreOf } = setting({ options: { ...shared, scope: 'account' } });
  const before = scoreOf(dan, copy(9));
  for (const account of [ann, ben, cleo]) await learn(account, 'spam', copy(1));
  assert.equal(scoreOf(dan, copy(9)), before);
});

test('what the administrator has taught for all is not overruled by votes', async () => {
  const { learn, scoreOf } = setting({ options: shared });
  await learn(undefined, 'ham', copy(1), { source: 'command' });
  const before = scoreOf(undefined, copy(1));
  // The first copy names the cluster.
  await learn(ann, 'spam', copy(1));
  await learn(ben, 'spam', copy(2));
  await learn(cleo, 'spam', copy(3));
  assert.equal(scoreOf(undefined, copy(1)), before);
});

test('an account that only votes has its share of lessons too', async () => {
  const { learn } = setting({ options: { ...shared, lessons_per_day: 2 } });
  for (const number of [1, 2]) await learn(ann, 'spam', letter('spam', number));
  assert.match(JSON.stringify(await learn(ann, 'spam', letter('spam', 3))), /enough for today/);
});

test('both more accounts and enough domains are needed', () => {
  const terms = { accounts: 2, domains: 2 };
  const none = { accounts: 0, domains: 0 };
  assert.equal(agreedOn({ spam: { accounts: 2, domains: 2 }, ham: none }, terms), 'spam');
  assert.equal(agreedOn({ spam: none, ham: { accounts: 3, domains: 2 } }, terms), 'ham');
  assert.equal(agreedOn({ spam: { accounts: 2, domains: 1 }, ham: none }, terms), undefined);
  const against = { accounts: 1, domains: 1 };
  assert.equal(agreedOn({ spam: { accounts: 2, domains: 2 }, ham: against }, terms), undefined);
  assert.equal(agreedOn({ spam: { accounts: 3, domains: 2 }, ham: against }, terms), 'spam');
});

test('a text that is too short to compare is like none but itself', () => {
  const short = (text: string): Uint32Array =>
    signatureOf(sampleOf(Buffer.from(`From: a\r\n\r\n${text}\r\n`)), Buffer.from(text.padEnd(16)));
  assert.deepEqual(short('buy now'), short('buy now'));
  assert.notDeepEqual(short('buy now'), short('buy new'));
});
