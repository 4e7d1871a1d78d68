import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openKeptValues } from '../../src/stores/kept-values.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { temporaryFolder } from '../helpers/process.ts';
import { keptValuesContract } from './kept-values-contract.ts';

keptValuesContract('in a file', (clock) => openKeptValues(':memory:', clock).of('test'));

test('values outlive the process, for their owner only', async () => {
  await using folder = await temporaryFolder('kept');
  const file = join(folder.path, 'state', 'values.db');
  const clock = new FakeClock();
  const first = openKeptValues(file, clock);
  await first.of('clamav').set('seen', [1]);
  await first.of('clamav').set('soon-over', 1, { ttlMs: 10 });
  first.close();
  await clock.advance(10);
  const second = openKeptValues(file, clock);
  assert.deepEqual(await second.of('clamav').get('seen'), [1]);
  assert.equal(await second.of('clamav').get('soon-over'), undefined);
  second.close();
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('two instances of a plugin do not see each other', async () => {
  const file = openKeptValues(':memory:', new FakeClock());
  const [one, two] = [file.of('one'), file.of('two')];
  await one.set('a', 1);
  await two.set('a', 2);
  await two.delete('b');
  assert.equal(await one.get('a'), 1);
  const seen: unknown[] = [];
  for await (const [, value] of one.entries('')) seen.push(value);
  assert.deepEqual(seen, [1]);
  await two.delete('a');
  assert.equal(await one.get('a'), 1);
  file.close();
});

test('whoever has the file open sees the same values', async () => {
  await using folder = await temporaryFolder('kept');
  const file = join(folder.path, 'values.db');
  const clock = new FakeClock();
  const [here, there] = [openKeptValues(file, clock), openKeptValues(file, clock)];
  await here.of('p').set('a', 1);
  assert.equal(await there.of('p').get('a'), 1);
  await there.of('p').set('a', 2);
  assert.equal(await here.of('p').get('a'), 2);
  here.close();
  there.close();
});

test('what is over does not stay in the file', async () => {
  await using folder = await temporaryFolder('kept');
  const file = join(folder.path, 'values.db');
  const clock = new FakeClock();
  const values = openKeptValues(file, clock);
  await values.of('p').set('old', 1, { ttlMs: 1000 });
  await clock.advance(60_000);
  await values.of('p').set('new', 1);
  using reader = new DatabaseSync(file);
  const rows = reader.prepare('SELECT key FROM kept_value').all();
  assert.deepEqual(
    rows.map((row) => row['key']),
    ['new'],
  );
  values.close();
});

test('a file that is no store is refused with its name', async () => {
  await using folder = await temporaryFolder('kept');
  const file = join(folder.path, 'values.db');
  writeFileSync(file, 'this is not a database, and long enough to be read as one'.repeat(50));
  assert.throws(() => openKeptValues(file, new FakeClock()), {
    code: 'STORE_UNUSABLE',
    details: { file },
  });
});
