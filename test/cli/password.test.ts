import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readPasswordFile } from '../../src/cli/password.ts';
import { temporaryFolder } from '../helpers/process.ts';

test('the line end of an editor is no part of a password, blanks are', async () => {
  await using folder = await temporaryFolder('password');
  const file = join(folder.path, 'password');
  for (const [content, password] of [
    ['secret', 'secret'],
    ['secret\n', 'secret'],
    ['secret\r\n', 'secret'],
    [' two words \n', ' two words '],
    ['\n', ''],
    ['', ''],
  ] as const) {
    await writeFile(file, content);
    assert.equal((await readPasswordFile(file)).reveal().toString(), password);
  }
});
