import assert from 'node:assert/strict';
import { test } from 'node:test';
import { databaseForm } from '../../../../plugins/spam/models/tables.ts';
import { openDatabase } from '../../../../src/stores/sqlite.ts';
import { ann, letter, setting } from './setting.ts';

const account = (number: number) => ({
  user: `reader${number}@example.org`,
  upstreamHost: 'pop.example.net',
});

test('ten thousand accounts with lessons take no more memory than is allowed', async () => {
  const database = openDatabase(':memory:', databaseForm);
  const { learn, models, scoreOf } = setting({ database, options: { cache: '2MB' } });
  await learn(ann, 'spam', letter('spam', 1));
  // One lesson for each, as it stands in the database.
  database.transaction(() => {
    for (let number = 0; number < 10_000; number += 1) {
      const { user, upstreamHost: host } = account(number);
      database.run('INSERT INTO model (user, host, revision) VALUES (:user, :host, 1)', {
        user,
        host,
      });
    }
    database.run(
      `INSERT INTO change (model, revision, direction, step)
       SELECT model.id, 1, change.direction, change.step FROM model, change
       WHERE model.id > 1 AND change.model = 1`,
    );
  });
  const expected = scoreOf(ann, letter('spam', 1));
  for (let number = 0; number < 10_000; number += 1) {
    // An account that comes again and again stays.
    if (number % 10 === 0) assert.equal(scoreOf(ann, letter('spam', 1)), expected);
    assert.equal(scoreOf(account(number), letter('spam', 1)), expected);
    assert.ok(models.shelf.bytes <= 2 * 1024 * 1024);
  }
  assert.ok(models.shelf.size < 200, `${models.shelf.size} models`);
  assert.ok(models.shelf.size > 5, `${models.shelf.size} models`);
});

test('an account without lessons takes neither memory nor a row', async () => {
  const database = openDatabase(':memory:', databaseForm);
  const { models, scoreOf } = setting({ database });
  for (let number = 0; number < 1000; number += 1) scoreOf(account(number), letter('ham', 1));
  assert.equal(models.shelf.size, 0);
  assert.equal(database.get('SELECT count(*) AS n FROM model')?.['n'], 0);
});

test('a model that alone is larger than allowed is used all the same', async () => {
  const { learn, scoreOf, models } = setting({ options: { cache: '1MB' } });
  const before = scoreOf(ann, letter('spam', 1));
  for (let number = 0; number < 60; number += 1) {
    await learn(ann, 'spam', letter('spam', number), { source: 'command' });
  }
  assert.ok(scoreOf(ann, letter('spam', 1)) > before);
  assert.equal(models.shelf.size, 1);
});
