import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extractFeatures } from '../../../../plugins/spam/features/extract.ts';
import { sampleOf } from '../../../../plugins/spam/features/sample.ts';
import { SpamModel } from '../../../../plugins/spam/learning/model.ts';
import { databaseForm } from '../../../../plugins/spam/models/tables.ts';
import { openDatabase } from '../../../../src/stores/sqlite.ts';
import { ann, ben, letter, setting } from './setting.ts';

test('a correction makes spam of what looked harmless, for its account alone', async () => {
  const { learn, scoreOf } = setting();
  const before = scoreOf(ann, letter('spam', 1));
  assert.deepEqual(await learn(ann, 'spam', letter('spam', 1)), { kind: 'learned' });
  assert.ok(scoreOf(ann, letter('spam', 1)) > 0);
  assert.ok(scoreOf(ann, letter('spam', 2)) > before, 'its like is known as well');
  assert.equal(scoreOf(ben, letter('spam', 1)), before, 'nobody else has learned it');
});

test('the same lesson twice changes nothing the second time', async () => {
  const { learn, scoreOf } = setting();
  await learn(ann, 'spam', letter('spam', 1));
  const once = scoreOf(ann, letter('spam', 1));
  assert.equal((await learn(ann, 'spam', letter('spam', 1))).kind, 'unchanged');
  assert.equal(scoreOf(ann, letter('spam', 1)), once);
});

test('a copy with other line ends and more fields is the same message', async () => {
  const { learn } = setting();
  await learn(ann, 'spam', letter('spam', 1));
  const copy = letter('spam', 1).toString('latin1').replaceAll('\r\n', '\n');
  const outcome = await learn(ann, 'spam', Buffer.from(`X-Postern-Spam: ham\nStatus: RO\n${copy}`));
  assert.deepEqual(outcome, { kind: 'unchanged', reason: 'this was learned before' });
});

test('the opposite lesson first takes the former back', async () => {
  const { learn, scoreOf } = setting();
  await learn(ann, 'ham', letter('ham', 1));
  const other = setting();
  await other.learn(ann, 'ham', letter('ham', 1));
  await learn(ann, 'spam', letter('spam', 1));
  await learn(ann, 'ham', letter('spam', 1));
  await other.learn(ann, 'ham', letter('spam', 1));
  assert.equal(scoreOf(ann, letter('spam', 2)), other.scoreOf(ann, letter('spam', 2)));
});

test('forget takes a lesson back, once', async () => {
  const { learn, scoreOf } = setting();
  await learn(ann, 'ham', letter('ham', 1));
  const before = scoreOf(ann, letter('spam', 1));
  await learn(ann, 'spam', letter('spam', 1));
  assert.deepEqual(await learn(ann, 'forget', letter('spam', 1)), { kind: 'learned' });
  assert.equal(scoreOf(ann, letter('spam', 1)), before);
  assert.equal((await learn(ann, 'forget', letter('spam', 1))).kind, 'unchanged');
});

test('a correction takes the place of a confirmation, and is not undone by one', async () => {
  const { learn } = setting();
  const weak = { weight: 'confirmation' } as const;
  assert.deepEqual(await learn(ann, 'spam', letter('spam', 1), weak), { kind: 'learned' });
  assert.equal((await learn(ann, 'spam', letter('spam', 1), weak)).kind, 'unchanged');
  assert.deepEqual(await learn(ann, 'spam', letter('spam', 1)), { kind: 'learned' });
  assert.deepEqual(await learn(ann, 'ham', letter('spam', 1), weak), {
    kind: 'unchanged',
    reason: 'a person has said otherwise',
  });
});

test('lessons by the administrator for all reach every account, under its own lessons', async () => {
  const { learn, scoreOf } = setting();
  for (const number of [1, 2, 3]) {
    await learn(undefined, 'ham', letter('ham', number), { source: 'command' });
    await learn(undefined, 'spam', letter('spam', number), { source: 'command' });
  }
  assert.ok(scoreOf(ben, letter('spam', 2)) > 0);
  await learn(ann, 'ham', letter('spam', 2));
  assert.ok(scoreOf(ann, letter('spam', 2)) < scoreOf(ben, letter('spam', 2)));
});

test('what is no message at all is not learned', async () => {
  const { learn } = setting();
  assert.equal((await learn(ann, 'spam', Buffer.alloc(0))).kind, 'unchanged');
});

test('an account teaches so much a day and no more; the administrator as much as there is', async () => {
  const { learn, clock } = setting({ options: { lessons_per_day: 3 } });
  for (const number of [1, 2, 3]) await learn(ann, 'spam', letter('spam', number));
  assert.deepEqual(await learn(ann, 'spam', letter('spam', 4)), {
    kind: 'unchanged',
    reason: 'this account has taught enough for today',
  });
  assert.equal((await learn(ben, 'spam', letter('spam', 4))).kind, 'learned');
  const command = { source: 'command' } as const;
  assert.equal((await learn(ann, 'spam', letter('spam', 5), command)).kind, 'learned');
  await clock.advance(86_400_000);
  assert.equal((await learn(ann, 'spam', letter('spam', 4))).kind, 'learned');
});

test('no lesson is lost when a model is written anew', async () => {
  const { learn, scoreOf, models } = setting();
  const other = setting({ options: { keep_lessons: 100_000 } });
  for (let number = 0; number < 150; number += 1) {
    const kind = number % 2 === 0 ? 'spam' : 'ham';
    await learn(ann, kind, letter(kind, number), { source: 'command' });
    await other.learn(ann, kind, letter(kind, number), { source: 'command' });
  }
  const expected = other.scoreOf(ann, letter('spam', 500));
  assert.equal(scoreOf(ann, letter('spam', 500)), expected);
  for (const id of [1, 2]) models.shelf.drop(id);
  assert.equal(scoreOf(ann, letter('spam', 500)), expected, 'as it is in the database');
});

test('a lesson whose record is gone cannot be taken back, and is still known', async () => {
  const { learn, clock } = setting({ options: { keep_lessons: 2, lessons_per_day: 1000 } });
  for (let number = 0; number < 70; number += 1) {
    await learn(ann, 'spam', letter('spam', number), { source: 'command' });
  }
  assert.deepEqual(await learn(ann, 'forget', letter('spam', 62)), { kind: 'learned' });
  assert.deepEqual(await learn(ann, 'spam', letter('spam', 60)), {
    kind: 'unchanged',
    reason: 'this was learned before',
  });
  assert.deepEqual(await learn(ann, 'forget', letter('spam', 60)), {
    kind: 'unchanged',
    reason: 'it was learned too long ago to be taken back',
  });
  await clock.advance(400 * 86_400_000);
  await learn(ann, 'spam', letter('spam', 99));
  assert.deepEqual(await learn(ann, 'forget', letter('spam', 69)), {
    kind: 'unchanged',
    reason: 'this was not learned',
  });
});

test('another default to begin with takes nothing from what was learned', async () => {
  const database = openDatabase(':memory:', databaseForm);
  const before = setting({ database });
  for (let number = 0; number < 70; number += 1) {
    const kind = number % 2 === 0 ? 'spam' : 'ham';
    await before.learn(ann, kind, letter(kind, number), { source: 'command' });
  }
  const base = SpamModel.empty();
  base.train(extractFeatures(sampleOf(letter('ham', 500))), 'ham', 'correction');
  const after = setting({ database, base });
  const expected = setting({ base });
  assert.ok(after.scoreOf(ann, letter('spam', 2)) > 0);
  assert.ok(expected.scoreOf(ann, letter('spam', 2)) < 0);
  await after.learn(ann, 'spam', letter('spam', 200));
  const score = after.scoreOf(ann, letter('spam', 2));
  after.models.shelf.drop(1);
  assert.equal(after.scoreOf(ann, letter('spam', 2)), score, 'as it was written anew');
});

test('an account without a name is none, and no way to the model of all', async () => {
  const { learn, scoreOf } = setting();
  const before = scoreOf(undefined, letter('spam', 1));
  const nobody = { user: '', upstreamHost: '' };
  assert.equal((await learn(nobody, 'spam', letter('spam', 1))).kind, 'unchanged');
  assert.equal(scoreOf(undefined, letter('spam', 1)), before);
});

test('what all have learned counts once where no account is asked for', async () => {
  const { learn, scoreOf } = setting();
  await learn(undefined, 'spam', letter('spam', 1), { source: 'command' });
  assert.equal(scoreOf(undefined, letter('spam', 1)), scoreOf(ben, letter('spam', 1)));
});
