import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { runPlugin } from '#plugin-testing';
import spam from '../../../plugins/spam/index.ts';
import { SpamModel } from '../../../plugins/spam/learning/model.ts';
import { temporaryFolder } from '../../helpers/process.ts';
import { letter } from './models/setting.ts';

test('without options every message gets a score', async () => {
  const { verdict } = await runPlugin(spam, {}, letter('spam', 1));
  assert.equal(verdict?.kind, 'score');
});

test('without a model that it begins with, a new account knows nothing', async () => {
  const { verdict } = await runPlugin(spam, { default_model: false }, letter('spam', 1));
  assert.ok(verdict?.kind === 'score' && verdict.logOdds < 0);
  assert.deepEqual(verdict.reasons, []);
});

test('it begins with a model of the administrator where one is named', async () => {
  await using folder = await temporaryFolder('spam-model');
  await writeFile(join(folder.path, 'own.bin'), SpamModel.empty().toBuffer());
  const options = { model: 'own.bin' };
  const facts = { folder: folder.path };
  const { verdict } = await runPlugin(spam, options, letter('spam', 1), facts);
  assert.equal(verdict?.kind, 'score');
  await writeFile(join(folder.path, 'own.bin'), 'no model');
  await assert.rejects(runPlugin(spam, options, letter('spam', 1), facts), {
    code: 'SPAM_MODEL_INVALID',
  });
});
