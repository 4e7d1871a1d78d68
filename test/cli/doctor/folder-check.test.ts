import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type FolderRequest, folderCheck } from '../../../src/cli/doctor/folder-check.ts';
import { temporaryFolder } from '../../helpers/process.ts';

async function diagnosing(request: Partial<FolderRequest> & { readonly folder: string }) {
  const lines: string[] = [];
  const check = folderCheck({ name: 'state', content: 'private', wantedBytes: 1, ...request });
  for await (const { level, found } of check.run(new AbortController().signal)) {
    lines.push(`${level} ${found}`);
  }
  return lines.join('\n');
}

test('a folder that can be used is well, and its room is told', async () => {
  await using temporary = await temporaryFolder('folder');
  const folder = join(temporary.path, 'state');
  await mkdir(folder, { mode: 0o700 });
  const text = await diagnosing({ folder });
  assert.match(text, /^ok .* can be written to\nok .* free$/);
});

test('a folder that is not there yet is made at the start, and not by the check', async () => {
  await using temporary = await temporaryFolder('folder');
  const folder = join(temporary.path, 'a', 'b');
  for (const _ of [1, 2]) assert.match(await diagnosing({ folder }), /^ok .* made at the start$/m);
});

test('private things in a folder that is open to everybody fail', async () => {
  await using temporary = await temporaryFolder('folder');
  const folder = join(temporary.path, 'state');
  await mkdir(folder);
  await chmod(folder, 0o755);
  assert.match(await diagnosing({ folder }), /^fail .* open to every user .*\(mode 0755\)$/m);
  assert.doesNotMatch(await diagnosing({ folder, content: 'passing' }), /^fail/m);
});

test('too little room is worth a warning', async () => {
  await using temporary = await temporaryFolder('folder');
  const text = await diagnosing({ folder: temporary.path, wantedBytes: 2 ** 60 });
  assert.match(text, /^warn .* free; 1048576 TB would be safe$/m);
});

test('a file in its place fails', async () => {
  await using temporary = await temporaryFolder('folder');
  const folder = join(temporary.path, 'state');
  await writeFile(folder, '');
  assert.match(await diagnosing({ folder }), /^fail .* is not a folder$/);
});
