import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from '#plugin-api';
import { optionsSchema } from '../../../plugins/clamav/options.ts';

test('only the socket has to be given', () => {
  assert.deepEqual(optionsSchema.parse({ socket: '/run/clamav/clamd.ctl' }), {
    address: { kind: 'unix', path: '/run/clamav/clamd.ctl' },
    connectTimeoutMs: 5000,
    scanTimeoutMs: 120_000,
    maxConcurrent: 10,
    maxStreamBytes: undefined,
    oversize: 'defer',
    versionRefreshMs: 60_000,
  });
});

test('every option can be given', () => {
  const options = {
    socket: { host: 'clamd.example.org', port: 3310 },
    connect_timeout: '250 ms',
    scan_timeout: '2m',
    max_concurrent: 3,
    max_stream: '25MB',
    oversize: 'flag',
    version_refresh: '1h',
  };
  assert.deepEqual(optionsSchema.parse(options), {
    address: { kind: 'tcp', host: 'clamd.example.org', port: 3310 },
    connectTimeoutMs: 250,
    scanTimeoutMs: 120_000,
    maxConcurrent: 3,
    maxStreamBytes: 25 * 1024 * 1024,
    oversize: 'flag',
    versionRefreshMs: 3_600_000,
  });
});

const refusals: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
  ['no socket', {}, /expected the path of a unix socket, or host and port/],
  ['an empty socket', { socket: '' }, /expected the path/],
  ['a NUL in the socket', { socket: 'a\0b' }, /expected the path/],
  ['a host without a port', { socket: { host: 'h' } }, /expected the path/],
  ['a port without a host', { socket: { port: 3310 } }, /expected the path/],
  [
    'a path beside host and port',
    { socket: { path: 'p', host: 'h', port: 1 } },
    /Unrecognized key/,
  ],
  [
    'a port out of range',
    { socket: { host: 'h', port: 65_536 } },
    /expected a port from 1 to 65535/,
  ],
  ['an unknown key', { timeout: '5s' }, /Unrecognized key/],
  ['a duration without a unit', { connect_timeout: '5' }, /expected a duration .* such as 5s/],
  ['a duration as a number', { scan_timeout: 5 }, /expected a duration .* such as 120s/],
  ['a duration of nothing', { scan_timeout: '0s' }, /expected a duration/],
  ['a duration that no timer can hold', { scan_timeout: '999999h' }, /expected a duration/],
  ['a negative duration', { version_refresh: '-1s' }, /expected a duration/],
  ['no concurrency at all', { max_concurrent: 0 }, /expected a whole number from 1 to 1000/],
  ['half a scan', { max_concurrent: 1.5 }, /expected a whole number/],
  ['a size without a unit', { max_stream: 25 }, /expected a size, such as 100MB/],
  ['a size of nothing', { max_stream: '0MB' }, /expected a size/],
  ['an unknown word', { oversize: 'pass' }, /expected defer or flag/],
];

for (const [name, options, message] of refusals) {
  test(`refused: ${name}`, () => {
    const socket = name.includes('socket') ? {} : { socket: '/s' };
    assert.throws(() => optionsSchema.parse({ ...socket, ...options }), message);
  });
}

test('the schema can be shown to editors', () => {
  const shown = z.toJSONSchema(optionsSchema, { io: 'input' });
  assert.deepEqual(shown.required, ['socket']);
  assert.equal(shown.additionalProperties, false);
});
