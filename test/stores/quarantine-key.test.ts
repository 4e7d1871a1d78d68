import assert from 'node:assert/strict';
import { chmod, lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { AppError, explain } from '../../src/base/errors.ts';
import { keyCheckOf, loadQuarantineKey } from '../../src/stores/quarantine-key.ts';
import { temporaryFolder } from '../helpers/process.ts';

const create = { whenMissing: 'create' } as const;

test('a key is made once, for its owner only, and read again afterwards', async () => {
  await using folder = await temporaryFolder('key');
  const file = join(folder.path, 'state', 'deep', 'quarantine.key');
  const key = await loadQuarantineKey(file, create);
  const text = await readFile(file, 'latin1');
  assert.match(text, /^[A-Za-z0-9+/]{43}=\n$/);
  assert.equal((await lstat(file)).mode & 0o777, 0o600);
  assert.equal((await lstat(dirname(file))).mode & 0o777, 0o700);
  assert.deepEqual(await readdir(dirname(file)), ['quarantine.key']);
  assert.equal(key.export().toString('base64'), text.trim());
  assert.ok((await loadQuarantineKey(file, { whenMissing: 'refuse' })).equals(key));
});

test('processes that start at the same moment get one key', async () => {
  await using folder = await temporaryFolder('key');
  const file = join(folder.path, 'quarantine.key');
  const keys = await Promise.all(Array.from({ length: 8 }, () => loadQuarantineKey(file, create)));
  for (const key of keys) assert.ok(key.equals(keys[0]!));
  assert.deepEqual(await readdir(folder.path), ['quarantine.key']);
});

test('a key prints nothing of itself', async () => {
  await using folder = await temporaryFolder('key');
  const file = join(folder.path, 'quarantine.key');
  const key = await loadQuarantineKey(file, create);
  const { octets, text } = { octets: key.export(), text: await readFile(file, 'latin1') };
  for (const shown of [inspect(key), String(key), JSON.stringify(key), inspect(keyCheckOf(key))]) {
    assert.equal(shown.includes(text.trim()), false);
    assert.equal(shown.includes(octets.toString('hex')), false);
  }
});

const goodKey = `${Buffer.alloc(32, 7).toString('base64')}\n`;
const bad: readonly (readonly [string, (file: string) => Promise<void>, RegExp])[] = [
  ['that is missing', async () => {}, /there is no /],
  ['that is empty', (file) => writeFile(file, '', { mode: 0o600 }), /32 octets in base64/],
  ['that is too short', (file) => writeFile(file, 'c2hvcnQ=\n', { mode: 0o600 }), /32 octets/],
  [
    'with text behind it',
    (file) => writeFile(file, `${goodKey}more\n`, { mode: 0o600 }),
    /32 octets/,
  ],
  [
    'that every user can read',
    async (file) => {
      await writeFile(file, goodKey);
      await chmod(file, 0o644);
    },
    /open to every user of this machine \(mode 0644\); make it 0600/,
  ],
  ['that is a folder', (file) => mkdir(file, { mode: 0o700 }), /EISDIR/],
];

for (const [name, prepare, reason] of bad) {
  test(`a key file ${name} is refused`, async () => {
    await using folder = await temporaryFolder('key');
    const file = join(folder.path, 'quarantine.key');
    await prepare(file);
    await assert.rejects(loadQuarantineKey(file, { whenMissing: 'refuse' }), (error) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, 'QUARANTINE_KEY_UNUSABLE');
      assert.equal(error.fault, 'config');
      assert.equal(error.details['file'], file);
      assert.match(explain(error), reason);
      assert.doesNotMatch(explain(error), /BwcHBwcH/);
      return true;
    });
  });
}

test('a key may be a link to a file for owner and group, as container platforms make it', async () => {
  await using folder = await temporaryFolder('key');
  const target = join(folder.path, 'secret');
  await writeFile(target, goodKey.trim());
  await chmod(target, 0o640);
  const file = join(folder.path, 'quarantine.key');
  await symlink(target, file);
  const key = await loadQuarantineKey(file, { whenMissing: 'refuse' });
  assert.deepEqual(key.export(), Buffer.alloc(32, 7));
});
