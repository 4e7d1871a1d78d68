import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { CliError } from '../../src/cli/failure.ts';
import { askPassword, readPasswordFile } from '../../src/cli/password.ts';
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

function terminal() {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  return { input, output: new PassThrough() };
}

test('a password that is typed is not shown', async () => {
  const { input, output } = terminal();
  const asked = askPassword('Password: ', input, output);
  input.write('s3cret w\u00f6rd\r');
  assert.equal((await asked).reveal().toString(), 's3cret w\u00f6rd');
  assert.equal(output.read().toString(), 'Password: \n');
});

test('an input that ends, or is no terminal, gives no password', async () => {
  for (const key of ['\u0003', '\u0004']) {
    const { input, output } = terminal();
    const asked = askPassword('Password: ', input, output);
    input.write(key);
    await assert.rejects(asked, CliError);
  }
  await assert.rejects(askPassword('Password: ', new PassThrough(), new PassThrough()), CliError);
});
