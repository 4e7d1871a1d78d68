import assert from 'node:assert/strict';
import { chmod, chown, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadTrainingKey } from '../../src/stores/training-key.ts';
import { temporaryFolder } from '../helpers/process.ts';

test('the key of lessons is made at the first use and stays', async () => {
  await using folder = await temporaryFolder('training-key');
  const state = join(folder.path, 'state');
  const key = await loadTrainingKey(state);
  assert.ok((await loadTrainingKey(state)).equals(key));
});

test('a key that every user can read is refused', async () => {
  await using folder = await temporaryFolder('training-key');
  await loadTrainingKey(folder.path);
  await chmod(join(folder.path, 'training.key'), 0o644);
  await assert.rejects(loadTrainingKey(folder.path), { code: 'TRAINING_KEY_UNUSABLE' });
});

test('a key that root makes in the folder of a service belongs to the service', async (t) => {
  if (process.getuid?.() !== 0) {
    t.skip('needs root');
    return;
  }
  await using folder = await temporaryFolder('training-key');
  await chown(folder.path, 12_345, 12_346);
  await loadTrainingKey(folder.path);
  const { uid, gid } = await stat(join(folder.path, 'training.key'));
  assert.deepEqual([uid, gid], [12_345, 12_346]);
});
