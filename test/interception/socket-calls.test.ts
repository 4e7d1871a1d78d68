import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { loadSocketCalls } from '../../src/interception/socket-calls.ts';
import { needs } from '../helpers/requirement.ts';

/** Of every Linux: socket(7). */
const acceptsConnections = { level: 1, name: 30 };
const noSuchOption = { level: 1, name: 9999 };

test('options of a socket are read, and failures have their names', async (t) => {
  const calls = await loadSocketCalls();
  const missing = calls === undefined ? 'the npm package koffi is not installed' : undefined;
  if (!needs(t, missing ?? (process.platform === 'linux' ? undefined : 'not Linux'))) return;
  assert.ok(calls);
  const server = createServer();
  const value = Buffer.alloc(4);
  assert.deepEqual(calls.getOption(server, acceptsConnections, value), {
    kind: 'failed',
    code: 'EBADF',
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  assert.deepEqual(calls.getOption(server, acceptsConnections, value), { kind: 'done' });
  assert.ok(value.some((octet) => octet !== 0));
  assert.deepEqual(calls.getOption(server, noSuchOption, value), {
    kind: 'failed',
    code: 'ENOPROTOOPT',
  });
  server.close();
});
