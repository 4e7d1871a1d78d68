import assert from 'node:assert/strict';
import { appendFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { AuthorityFolder } from '../../../src/tls/authority/authority-folder.ts';
import { temporaryFolder } from '../../helpers/process.ts';

const dayMs = 86_400_000;
const nowMs = Date.UTC(2026, 10, 24);

function recordAt(fromMs: number, days: number, serial = 'ab') {
  return { serial, name: 'pop.example', fromMs, untilMs: fromMs + days * dayMs };
}

test('what is on record and has not expired is found, whatever else is in the file', async () => {
  await using place = await temporaryFolder('authority');
  const folder = new AuthorityFolder(place.path);
  const valid = [recordAt(nowMs - 30 * dayMs, 60), recordAt(nowMs, 7, 'cd')];
  for (const each of [...valid, recordAt(nowMs - 30 * dayMs, 7)]) await folder.record(each);
  await appendFile(join(place.path, 'issued-2026-11.jsonl'), 'half a li\nnull\n{"serial":1}\n');
  assert.deepEqual(await folder.issued(nowMs), valid);
});

test('records of which all have expired are removed', async () => {
  await using place = await temporaryFolder('authority');
  const folder = new AuthorityFolder(place.path);
  for (const days of [200, 90, 0]) await folder.record(recordAt(nowMs - days * dayMs, 90));
  await folder.prune(nowMs);
  assert.deepEqual((await readdir(place.path)).sort(), [
    'issued-2026-08.jsonl',
    'issued-2026-11.jsonl',
  ]);
});
