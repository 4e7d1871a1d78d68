import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from '#plugin-api';
import { optionsSchema } from '../../../plugins/clamav/options.ts';
import { addressName } from '../../../plugins/clamav/server-options.ts';

const unlimited = { maxConcurrent: undefined, maxStreamBytes: undefined, clamdConf: undefined };

test('only the socket has to be given', () => {
  assert.deepEqual(optionsSchema.parse({ socket: '/run/clamav/clamd.ctl' }), {
    servers: [{ address: { kind: 'unix', path: '/run/clamav/clamd.ctl' }, ...unlimited }],
    strategy: 'spread',
    connectTimeoutMs: 5000,
    scanTimeoutMs: 150_000,
    notScanned: 'block',
    scanParts: 'all',
    versionRefreshMs: 60_000,
  });
});

test('every option can be given', () => {
  const options = {
    socket: { host: 'clamd.example.org', port: 3310 },
    strategy: 'first',
    clamd_conf: 'clamd.conf',
    connect_timeout: '250 ms',
    scan_timeout: '2m',
    max_concurrent: 3,
    max_stream: '25MB',
    not_scanned: 'flag',
    scan_parts: 'ambiguous',
    version_refresh: '1h',
  };
  assert.deepEqual(optionsSchema.parse(options), {
    servers: [
      {
        address: { kind: 'tcp', host: 'clamd.example.org', port: 3310 },
        maxConcurrent: 3,
        maxStreamBytes: 25 * 1024 * 1024,
        clamdConf: 'clamd.conf',
      },
    ],
    strategy: 'first',
    connectTimeoutMs: 250,
    scanTimeoutMs: 120_000,
    notScanned: 'flag',
    scanParts: 'ambiguous',
    versionRefreshMs: 3_600_000,
  });
});

test('each of several servers has limits of its own, or those given for all', () => {
  const { servers } = optionsSchema.parse({
    servers: [
      { socket: '/run/a.ctl' },
      { host: '::1', port: 3310, max_concurrent: 2, max_stream: '1MB', clamd_conf: 'b.conf' },
    ],
    max_concurrent: 7,
    clamd_conf: 'a.conf',
  });
  assert.deepEqual(servers, [
    {
      address: { kind: 'unix', path: '/run/a.ctl' },
      maxConcurrent: 7,
      maxStreamBytes: undefined,
      clamdConf: 'a.conf',
    },
    {
      address: { kind: 'tcp', host: '::1', port: 3310 },
      maxConcurrent: 2,
      maxStreamBytes: 1024 ** 2,
      clamdConf: 'b.conf',
    },
  ]);
});

test('a server is called by its address', () => {
  assert.equal(addressName({ kind: 'unix', path: '/run/a.ctl' }), '/run/a.ctl');
  assert.equal(addressName({ kind: 'tcp', host: 'h', port: 1 }), 'h:1');
  assert.equal(addressName({ kind: 'tcp', host: '::1', port: 3310 }), '[::1]:3310');
});

const refusals: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
  ['neither socket nor servers', {}, /expected either socket, for one clamd, or servers/],
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
  ['a duration as a number', { scan_timeout: 5 }, /expected a duration .* such as 150s/],
  ['a duration of nothing', { scan_timeout: '0s' }, /expected a duration/],
  ['a duration that no timer can hold', { scan_timeout: '999999h' }, /expected a duration/],
  ['a negative duration', { version_refresh: '-1s' }, /expected a duration/],
  ['no concurrency at all', { max_concurrent: 0 }, /expected a whole number from 1 to 1000/],
  ['half a scan', { max_concurrent: 1.5 }, /expected a whole number/],
  ['a size without a unit', { max_stream: 25 }, /expected a size from 1B to 1024GB, such as 100MB/],
  ['a size of nothing', { max_stream: '0MB' }, /expected a size/],
  ['an unknown policy', { not_scanned: 'pass' }, /expected block, flag or defer/],
  ['an unknown strategy', { strategy: 'last' }, /expected spread or first/],
  ['an unknown choice of parts', { scan_parts: 'never' }, /expected all or ambiguous/],
  ['a socket and servers', { socket: '/s', servers: [{ socket: '/t' }] }, /expected either socket/],
  ['no servers at all', { servers: [] }, /expected a list of one to 32 servers/],
  ['one server without a list', { servers: { socket: '/s' } }, /expected a list of one to 32/],
  [
    'servers of which one is nowhere',
    { servers: [{}] },
    /expected either socket, or host and port/,
  ],
  [
    'servers of which one is in two places',
    { servers: [{ socket: '/s', host: 'h', port: 1 }] },
    /expected either socket, or host and port/,
  ],
  ['servers of which one has no port', { servers: [{ host: 'h' }] }, /expected either socket, or/],
  ['servers with an unknown key', { servers: [{ path: '/s' }] }, /Unrecognized key/],
  [
    'servers of which two are the same',
    { servers: [{ host: 'h', port: 1 }, { socket: '/s' }, { host: 'h', port: 1 }] },
    /expected different servers, got h:1 twice/,
  ],
];

for (const [name, options, message] of refusals) {
  test(`refused: ${name}`, () => {
    const socket = /socket|server/.test(name) ? {} : { socket: '/s' };
    assert.throws(() => optionsSchema.parse({ ...socket, ...options }), message);
  });
}

test('the schema can be shown to editors', () => {
  const shown = z.toJSONSchema(optionsSchema, { io: 'input' });
  assert.equal(shown.required, undefined);
  assert.ok(Object.keys(shown.properties ?? {}).includes('servers'));
  assert.equal(shown.additionalProperties, false);
});
