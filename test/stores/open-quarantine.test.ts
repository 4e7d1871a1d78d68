import assert from 'node:assert/strict';
import { chmod, lstat, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { AppError, explain } from '../../src/base/errors.ts';
import { openQuarantine, quarantineExists } from '../../src/stores/open-quarantine.ts';
import { contentOf, inChunks, letter, quarantinePlace, recordOf } from './quarantine-fixture.ts';

test('opening makes folder, index and key, all closed to others', async () => {
  await using place = await quarantinePlace();
  assert.equal(await quarantineExists(place.folder), false);
  await place.open();
  assert.equal(await quarantineExists(place.folder), true);
  assert.deepEqual(
    (await readdir(place.folder)).filter((name) => !/-(?:wal|shm)$/.test(name)).sort(),
    ['index.db', 'sealed'],
  );
  for (const [path, mode] of [
    [place.folder, 0o700],
    [join(place.folder, 'sealed'), 0o700],
    [join(place.folder, 'index.db'), 0o600],
    [place.keyFile, 0o600],
  ] as const) {
    assert.equal((await lstat(path)).mode & 0o777, mode, path);
  }
});

test('what was stored is there after closing and opening again', async () => {
  await using place = await quarantinePlace();
  const settings = {
    folder: place.folder,
    keyFile: place.keyFile,
    maxAgeMs: 86_400_000,
    maxBytes: 1_000_000,
  };
  const first = await openQuarantine(settings, { clock: systemClock });
  const { id } = await first.quarantine.put(recordOf(letter), inChunks(letter));
  first.quarantine.close();
  const { quarantine } = await place.open();
  assert.deepEqual(await contentOf(quarantine, id), letter);
});

test('a lost or exchanged key is refused, and no new one takes its place', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open();
  await quarantine.put(recordOf(letter), inChunks(letter));
  await rm(place.keyFile);
  const unusable = { code: 'QUARANTINE_KEY_UNUSABLE', fault: 'config' };
  await assert.rejects(place.open(), unusable);
  await assert.rejects(lstat(place.keyFile), { code: 'ENOENT' });
  await writeFile(place.keyFile, Buffer.alloc(32, 7).toString('base64'), { mode: 0o600 });
  await assert.rejects(place.open(), (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, unusable.code);
    assert.match(explain(error), /not the one that this quarantine was made with/);
    return true;
  });
});

test('an index that is no database is refused', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open();
  quarantine.close();
  await writeFile(join(place.folder, 'index.db'), 'no database at all, but long enough'.repeat(50));
  await assert.rejects(
    openQuarantine(
      { folder: place.folder, keyFile: place.keyFile, maxAgeMs: 1, maxBytes: 1 },
      { clock: systemClock },
    ),
    { code: 'STORE_UNUSABLE' },
  );
});

const unusable: readonly (readonly [string, (path: string) => Promise<void>, RegExp])[] = [
  [
    'that everybody can read',
    async (path) => {
      await mkdir(path);
      await chmod(path, 0o755);
    },
    /open to every user of this machine \(mode 0755\)/,
  ],
  [
    'that everybody can pass through',
    async (path) => {
      await mkdir(path);
      await chmod(path, 0o701);
    },
    /open to every user/,
  ],
  [
    'that is a symbolic link',
    async (path) => {
      await mkdir(`${path}-elsewhere`, { mode: 0o700 });
      await symlink(`${path}-elsewhere`, path);
    },
    /is a symbolic link/,
  ],
  ['that is a dangling link', (path) => symlink(`${path}-nowhere`, path), /EEXIST|ENOENT|symbolic/],
  ['that is a file', (path) => writeFile(path, ''), /EEXIST|not a folder/],
];

for (const [name, prepare, reason] of unusable) {
  test(`a folder ${name} is refused`, async () => {
    await using place = await quarantinePlace();
    await prepare(place.folder);
    // A slash at the end would follow a link.
    for (const folder of [place.folder, `${place.folder}/`]) {
      await assert.rejects(place.open({ folder }), (error) => {
        assert.ok(error instanceof AppError);
        assert.equal(error.code, 'QUARANTINE_UNUSABLE');
        assert.equal(error.fault, 'config');
        assert.match(explain(error), reason);
        return true;
      });
    }
  });
}

test('a folder for owner and group is accepted as it is', async () => {
  await using place = await quarantinePlace();
  await mkdir(place.folder);
  await chmod(place.folder, 0o770);
  await place.open();
  assert.equal((await lstat(place.folder)).mode & 0o777, 0o770);
});
