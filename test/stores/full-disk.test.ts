// The quarantine on a disk that is really full.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { AppError, explain } from '../../src/base/errors.ts';
import { openQuarantine } from '../../src/stores/open-quarantine.ts';
import type { Quarantine } from '../../src/stores/store.ts';
import { fillDisk } from '../helpers/full-disk.ts';
import { temporaryFolder } from '../helpers/process.ts';
import { contentOf, inChunks, recordOf } from './quarantine-fixture.ts';

function open(folder: string): ReturnType<typeof openQuarantine> {
  return openQuarantine(
    {
      folder: join(folder, 'quarantine'),
      keyFile: join(folder, 'quarantine.key'),
      maxAgeMs: 86_400_000,
      maxBytes: 1_000_000_000,
    },
    { clock: systemClock },
  );
}

async function put(quarantine: Quarantine, octets: number): Promise<string> {
  const content = randomBytes(octets);
  return (await quarantine.put(recordOf(content), inChunks(content, 4096))).id;
}

function isFull(error: unknown): true {
  assert.ok(error instanceof AppError);
  assert.equal(error.code, 'QUARANTINE_FAILED');
  assert.match(explain(error), /ENOSPC|disk is full|disk I\/O error/);
  return true;
}

test('a message that does not fit is refused whole, and one that fits is stored', async (t) => {
  await using folder = await temporaryFolder('full-disk');
  await using disk = await fillDisk(folder.path, '512k');
  // No program that could be installed is missing, so this may be skipped in CI too.
  if (disk.kind !== 'full') return t.skip('this user may not mount a small disk');
  const { quarantine } = await open(folder.path);
  await assert.rejects(put(quarantine, 600_000), isFull);
  assert.deepEqual(await readdir(join(folder.path, 'quarantine', 'sealed')), []);
  assert.equal(await quarantine.isSafe(await put(quarantine, 1000)), true);
  quarantine.close();
});

test('up to the last octet every message is either stored whole or refused whole', async (t) => {
  await using folder = await temporaryFolder('full-disk');
  await using disk = await fillDisk(folder.path, '512k');
  if (disk.kind !== 'full') return t.skip('this user may not mount a small disk');
  const { quarantine } = await open(folder.path);
  const stored: string[] = [];
  let refused = 0;
  // At first the contents fill the disk, in the end the index finds no room for its row.
  for (const octets of [40_000, 8000, 100]) {
    while (refused < 3) {
      try {
        stored.push(await put(quarantine, octets));
      } catch (error) {
        isFull(error);
        refused += 1;
      }
    }
    refused = 0;
  }
  const entries = await quarantine.list({});
  assert.deepEqual(entries.map(({ id }) => id).sort(), stored.toSorted());
  const names = await readdir(join(folder.path, 'quarantine', 'sealed'));
  assert.equal(names.length, stored.length);
  for (const { id, octets } of entries) {
    assert.equal(await quarantine.isSafe(id), true);
    assert.equal((await contentOf(quarantine, id)).length, octets);
  }
  quarantine.close();
});
