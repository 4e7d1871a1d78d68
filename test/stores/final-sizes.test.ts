import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { AppError } from '../../src/base/errors.ts';
import { openFinalSizes } from '../../src/stores/final-sizes.ts';
import { temporaryFolder } from '../helpers/process.ts';

const anna = { user: 'anna', upstreamHost: 'pop.example.net', textMode: 'octets' } as const;

test('sizes outlive the process, the newest counts, the file is closed to others', async () => {
  await using folder = await temporaryFolder('sizes');
  const file = join(folder.path, 'state', 'sizes.db');
  const first = openFinalSizes(file, systemClock);
  first.remember(anna, 'p1', 'u1', 100);
  first.remember(anna, 'p1', 'u2', 200);
  first.remember(anna, 'p1', 'u1', 101);
  first.close();
  const again = openFinalSizes(file, systemClock);
  assert.deepEqual([...again.of(anna, 'p1')].sort(), [
    ['u1', 101],
    ['u2', 200],
  ]);
  again.close();
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('accounts, hosts, policies and text modes are kept apart', () => {
  const sizes = openFinalSizes(':memory:', systemClock);
  sizes.remember(anna, 'p1', 'u1', 100);
  assert.equal(sizes.of({ ...anna, user: 'bert' }, 'p1').size, 0);
  assert.equal(sizes.of({ ...anna, upstreamHost: 'other.example.net' }, 'p1').size, 0);
  assert.equal(sizes.of(anna, 'p2').size, 0);
  assert.equal(sizes.of({ ...anna, textMode: 'utf8' }, 'p1').size, 0);
  sizes.close();
});

test('what was not sent for 400 days is forgotten', async () => {
  await using folder = await temporaryFolder('sizes');
  const file = join(folder.path, 'sizes.db');
  const old = openFinalSizes(file, { ...systemClock, nowMs: () => 0 });
  old.remember(anna, 'p1', 'u1', 100);
  old.close();
  const now = openFinalSizes(file, systemClock);
  assert.equal(now.of(anna, 'p1').size, 0);
  now.close();
});

test('a file that is no store is refused with its name', async () => {
  await using folder = await temporaryFolder('sizes');
  const file = join(folder.path, 'sizes.db');
  writeFileSync(file, 'this is not a database, and long enough to be read as one'.repeat(50));
  assert.throws(
    () => openFinalSizes(file, systemClock),
    (error) => error instanceof AppError && error.details['file'] === file,
  );
});
