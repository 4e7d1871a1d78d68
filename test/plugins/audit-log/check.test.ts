import assert from 'node:assert/strict';
import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Diagnosis } from '#plugin-api';
import { check } from '../../../plugins/audit-log/check.ts';
import { optionsSchema } from '../../../plugins/audit-log/options.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { temporaryFolder } from '../../helpers/process.ts';

async function diagnosing(folder: string, options: object): Promise<Diagnosis[]> {
  const found: Diagnosis[] = [];
  const services = {
    clock: new FakeClock(),
    signal: new AbortController().signal,
    resolvePath: (path: string) => join(folder, path),
  };
  for await (const each of check(optionsSchema.parse(options), services)) found.push(each);
  return found;
}

test('a trail that can be written to is well, and stays as it is', async () => {
  await using folder = await temporaryFolder('audit-check');
  const found = await diagnosing(folder.path, { file: 'audit.jsonl' });
  assert.deepEqual(
    found.map(({ level }) => level),
    ['ok', 'ok'],
  );
  assert.deepEqual(await readdir(folder.path), []);
});

test('a folder that is not there fails', async () => {
  await using folder = await temporaryFolder('audit-check');
  const [first] = await diagnosing(folder.path, { file: 'missing/audit.jsonl' });
  assert.equal(first?.level, 'fail');
  assert.match(first?.found ?? '', /\(ENOENT\)$/);
});

test('a key that everybody can read is worth a warning', async () => {
  await using folder = await temporaryFolder('audit-check');
  const file = join(folder.path, 'audit.key');
  await writeFile(file, 'a secret of the audit trail', { mode: 0o600 });
  const options = { file: 'audit.jsonl', key: { file: 'audit.key' } };
  assert.equal((await diagnosing(folder.path, options)).length, 2);
  await chmod(file, 0o644);
  assert.equal((await diagnosing(folder.path, options))[2]?.level, 'warn');
});
