import assert from 'node:assert/strict';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AppError, explain } from '../../src/base/errors.ts';
import { type DatabaseForm, openDatabase } from '../../src/stores/sqlite.ts';
import { run, temporaryFolder } from '../helpers/process.ts';

const first = 'CREATE TABLE thing (name TEXT PRIMARY KEY) STRICT';
const second = "ALTER TABLE thing ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey'";
const form = (...migrations: string[]): DatabaseForm => ({ migrations, durability: 'full' });

test('a file goes through the steps that it has not been through yet', async () => {
  await using folder = await temporaryFolder('sqlite');
  const file = join(folder.path, 'new', 'thing.db');
  const old = openDatabase(file, form(first));
  assert.equal(old.run('INSERT INTO thing (name) VALUES (:name)', { name: 'stone' }), 1);
  old.close();
  for (let times = 0; times < 2; times++) {
    const now = openDatabase(file, form(first, second));
    assert.deepEqual({ ...now.get('SELECT * FROM thing') }, { name: 'stone', colour: 'grey' });
    now.close();
  }
});

test('a step that fails leaves the file as it was', async () => {
  await using folder = await temporaryFolder('sqlite');
  const file = join(folder.path, 'thing.db');
  openDatabase(file, form(first)).close();
  assert.throws(() => openDatabase(file, form(first, second, 'NOT SQL')), {
    code: 'STORE_UNUSABLE',
  });
  const again = openDatabase(file, form(first));
  again.run("INSERT INTO thing (name) VALUES ('stone')");
  assert.deepEqual({ ...again.get('SELECT * FROM thing') }, { name: 'stone' });
  again.close();
});

test('a file of a newer version is refused and not touched', async () => {
  await using folder = await temporaryFolder('sqlite');
  const file = join(folder.path, 'thing.db');
  openDatabase(file, form(first, second)).close();
  assert.throws(
    () => openDatabase(file, form(first)),
    (error) => /belongs to a newer version/.test(explain(error)),
  );
  openDatabase(file, form(first, second)).close();
});

test('the file and all that SQLite puts beside it are for the owner only', async () => {
  await using folder = await temporaryFolder('sqlite');
  const file = join(folder.path, 'thing.db');
  writeFileSync(file, '');
  chmodSync(file, 0o644);
  const database = openDatabase(file, form(first));
  database.run("INSERT INTO thing (name) VALUES ('stone')");
  for (const suffix of ['', '-wal', '-shm']) {
    assert.equal(statSync(`${file}${suffix}`).mode & 0o777, 0o600, suffix);
  }
  database.close();
});

test('`full` waits for the disk at every change, `normal` does not', () => {
  for (const [durability, level] of [
    ['full', 2],
    ['normal', 1],
  ] as const) {
    const database = openDatabase(':memory:', { migrations: [], durability });
    assert.deepEqual({ ...database.get('PRAGMA synchronous') }, { synchronous: level });
    database.close();
  }
});

test('a statement that fails has a code and the name of the file', () => {
  const database = openDatabase(':memory:', form(first));
  database.run("INSERT INTO thing (name) VALUES ('stone')");
  for (const attempt of [
    () => database.run("INSERT INTO thing (name) VALUES ('stone')"),
    () => database.all('SELECT * FROM nothing'),
    () => database.get('SELECT'),
  ]) {
    assert.throws(attempt, (error) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, 'STORE_FAILED');
      assert.equal(error.details['file'], ':memory:');
      return true;
    });
  }
  database.close();
});

test('processes that open new files at the same moment all succeed', async () => {
  await using folder = await temporaryFolder('sqlite');
  const module = new URL('../../src/stores/sqlite.ts', import.meta.url).href;
  const script = `
    import { openDatabase } from ${JSON.stringify(module)};
    const migrations = ${JSON.stringify([first, second])};
    for (let number = 0; number < 20; number++) {
      const file = process.argv[1] + '/' + number + '.db';
      const database = openDatabase(file, { migrations, durability: 'full' });
      database.run('INSERT INTO thing (name) VALUES (:name)', { name: String(process.pid) });
      database.close();
    }`;
  const args = ['--no-warnings', '--input-type=module', '--eval', script, folder.path];
  const ends = await Promise.all(
    Array.from({ length: 3 }, () => run(process.execPath, args, { limitMs: 50_000 })),
  );
  for (const { code, stderr } of ends) assert.equal(code, 0, stderr);
  const database = openDatabase(join(folder.path, '19.db'), form(first, second));
  assert.equal(database.all('SELECT * FROM thing').length, 3);
  database.close();
});

test('a durable transaction is flushed whatever the form of the file says, and only that one', () => {
  const database = openDatabase(':memory:', { ...form(first), durability: 'normal' });
  const level = (): unknown => database.get('PRAGMA synchronous')?.['synchronous'];
  const [full, normal] = [2, 1];
  assert.equal(level(), normal);
  assert.equal(database.durableTransaction(level), full);
  assert.equal(level(), normal);
  assert.throws(() => database.durableTransaction(() => assert.fail('no')), /no/);
  assert.equal(level(), normal);
  database.close();
});
