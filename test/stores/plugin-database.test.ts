import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { test } from 'node:test';
import { openPluginDatabase, pluginDatabaseFile } from '../../src/stores/plugin-database.ts';
import { temporaryFolder } from '../helpers/process.ts';

const form = {
  migrations: ['CREATE TABLE thing (name TEXT PRIMARY KEY) STRICT'],
  durability: 'normal',
} as const;

test('each instance has a file of its own that only its user can read', async () => {
  await using folder = await temporaryFolder('plugin-database');
  const one = openPluginDatabase(folder.path, 'one', form);
  const other = openPluginDatabase(folder.path, '../other thing', form);
  one.run("INSERT INTO thing VALUES ('a')");
  assert.deepEqual(other.all('SELECT * FROM thing'), []);
  one.close();
  other.close();
  assert.equal((await stat(pluginDatabaseFile(folder.path, 'one'))).mode & 0o777, 0o600);
  assert.match(pluginDatabaseFile('/state', '../other thing'), /^\/state\/plugins\/[^/]+\.db$/);
});

test('a transaction that throws leaves nothing behind', async () => {
  await using folder = await temporaryFolder('plugin-database');
  const database = openPluginDatabase(folder.path, 'one', form);
  assert.throws(
    () =>
      database.transaction(() => {
        database.run("INSERT INTO thing VALUES ('a')");
        throw new Error('half way');
      }),
    /half way/,
  );
  assert.deepEqual(database.all('SELECT * FROM thing'), []);
  assert.equal(
    database.transaction(() => database.run("INSERT INTO thing VALUES ('b')")),
    1,
  );
  assert.deepEqual(
    [...database.each('SELECT name FROM thing')].map(({ name }) => name),
    ['b'],
  );
  database.close();
});

test('what another connection writes is noticed, what this one writes is not', async () => {
  await using folder = await temporaryFolder('plugin-database');
  const here = openPluginDatabase(folder.path, 'one', form);
  const there = openPluginDatabase(folder.path, 'one', form);
  const before = here.dataVersion();
  here.run("INSERT INTO thing VALUES ('a')");
  assert.equal(here.dataVersion(), before);
  there.run("INSERT INTO thing VALUES ('b')");
  assert.notEqual(here.dataVersion(), before);
  here.close();
  there.close();
});
