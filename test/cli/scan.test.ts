import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assembleEicar } from '../../src/demo/eicar.ts';
import { type TemporaryFolder, temporaryFolder } from '../helpers/process.ts';
import { postern, stackTrace } from './postern.ts';

let folder: TemporaryFolder;

before(async () => {
  folder = await temporaryFolder('scan');
});

after(() => folder[Symbol.asyncDispose]());

async function file(name: string, text: string): Promise<string> {
  const path = join(folder.path, name);
  await writeFile(path, text);
  return path;
}

test('a clean message passes, with the verdict of each plugin that inspects', async () => {
  const mail = await file('clean.eml', 'Subject: hello\n\nworld\n');
  const output = join(folder.path, 'clean.out');
  const run = await postern(['scan', mail, '--plugin', 'attachment-policy', '--output', output]);
  assert.equal(run.code, 0, run.stderr);
  assert.match(String(run.stdout), /clean\.eml: 25 octets, sha256 [0-9a-f]{64}/);
  assert.match(String(run.stdout), /attachment-policy: pass\naction: pass\n/);
  assert.equal(await readFile(output, 'latin1'), 'Subject: hello\r\n\r\nworld\r\n');
  assert.equal((await stat(output)).mode & 0o777, 0o600);
});

test('a blocked message ends with 3, and what is written is the notice', async () => {
  const mail = await file('virus.eml', `Subject: bad\r\n\r\n${assembleEicar().toString()}\r\n`);
  const output = join(folder.path, 'virus.out');
  const run = await postern(['scan', mail, '--plugin', 'attachment-policy', '--output', output]);
  assert.equal(run.code, 3);
  assert.match(String(run.stdout), /block Eicar-Test-Signature/);
  const notice = await readFile(output, 'latin1');
  assert.match(notice, /^Subject: \[Blocked\] bad\r$/m);
  assert.ok(!notice.includes(assembleEicar().toString()));
});

test('a message that cannot be judged ends with 75', async () => {
  const source = `export default { name: 'moody', setup: () => ({
    inspect: async () => { throw new Error('not now'); } }) };\n`;
  const plugin = await file('moody.mjs', source);
  const mail = await file('later.eml', 'Subject: x\n\ny\n');
  const run = await postern(['scan', mail, '--plugin', plugin]);
  assert.equal(run.code, 75);
  assert.match(String(run.stdout), /moody: tempfail/);
});

test('the plugins of a configuration are used where none are named', async () => {
  const config = await file(
    'postern.yaml',
    `listeners: [{name: a, port: 0, tls: none}]
routes: [{name: r, upstream: {host: pop.example.net}}]
plugins: [{use: header-rewrite, options: {add: [{name: X-Seen, value: 'yes'}]}}]
`,
  );
  const mail = await file('plain.eml', 'Subject: x\n\ny\n');
  const output = join(folder.path, 'plain.out');
  const run = await postern(['scan', mail, '--config', config, '--output', output]);
  assert.equal(run.code, 0, run.stderr);
  assert.match(await readFile(output, 'latin1'), /^X-Seen: yes\r$/m);
});

test('a file that is not there is one line, and a plugin that is not there is another', async () => {
  const absent = await postern(['scan', join(folder.path, 'none.eml'), '--plugin', 'clamav']);
  assert.equal(absent.code, 1);
  assert.match(absent.stderr, /no such file or folder/);
  assert.doesNotMatch(absent.stderr, stackTrace);
  const mail = await file('any.eml', 'Subject: x\n\ny\n');
  const unknown = await postern(['scan', mail, '--plugin', 'no-such-plugin']);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /no plugin 'no-such-plugin'/);
  assert.doesNotMatch(unknown.stderr, stackTrace);
});
