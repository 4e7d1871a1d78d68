import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../helpers/process.ts';
import { needs } from '../helpers/requirement.ts';

const launcher = fileURLToPath(new URL('../../config/postern-sockets', import.meta.url));

for (const place of [
  'pop3=127.0.0.1:70000',
  'pop3=127.0.0.1',
  'po p3=127.0.0.1:110',
  '=[::1]:110',
]) {
  test(`the launcher of sockets opens nothing for ${place}`, (t) => {
    if (!needs(t, findProgram('perl') === undefined ? 'perl is not installed' : undefined)) return;
    const { status, stderr } = spawnSync('perl', [launcher, place, '--', 'true'], {
      encoding: 'utf8',
    });
    assert.notEqual(status, 0);
    assert.match(stderr, /^usage: /);
  });
}
