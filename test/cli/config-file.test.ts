import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { temporaryFolder } from '../helpers/process.ts';
import { postern } from './postern.ts';

const systemFile = '/etc/postern/postern.yaml';

test('without any configuration, serve says in three lines how to write one', {
  skip: existsSync(systemFile) && `this machine has ${systemFile}`,
}, async () => {
  await using folder = await temporaryFolder('empty');
  const { code, stdout, stderr } = await postern(['serve'], { cwd: folder.path });
  const lines = stderr.trimEnd().split('\n');
  assert.equal(lines.length, 3);
  assert.match(lines[0] ?? '', /No configuration found: neither \.\/postern\.yaml nor \/etc/);
  assert.match(lines[1] ?? '', /postern init$/);
  assert.equal(stdout.toString(), '');
  assert.equal(code, 2);
});
