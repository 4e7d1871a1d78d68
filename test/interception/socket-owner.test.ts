import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { endianness } from 'node:os';
import { test } from 'node:test';
import { isOurs, ownersIn } from '../../src/interception/socket-owner.ts';
import { needs } from '../helpers/requirement.ts';

// From a little-endian machine.
const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 010200C0:0456 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 1 1 0
   1: 010200C0:9C40 016433C6:006E 01 00000000:00000000 00:00000000 00000000   102        0 2 1 0
`;
const table6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: B80D0120000000000000000001000000:9C40 B80D0120000000000000000002000000:006E 01 00000000:00000000 00:00000000 00000000   103        0 3 1 0
   1: 0000000000000000FFFF0000010200C0:9C41 0000000000000000FFFF0000016433C6:006E 01 00000000:00000000 00:00000000 00000000   104        0 4 1 0
   2: 00000000000000000000000001000000:9C42 00000000000000000000000001000000:006E 01 00000000:00000000 00:00000000 00000000   105        0 5 1 0
`;

const cases: readonly (readonly [string, string, number, readonly number[]])[] = [
  ['IPv4', '192.0.2.1', 40_000, [102]],
  ['a listening socket', '192.0.2.1', 1110, [101]],
  ['IPv6', '2001:db8::1', 40_000, [103]],
  ['IPv4 on a dual-stack socket', '192.0.2.1', 40_001, [104]],
  ['the loopback address', '::1', 40_002, [105]],
  ['another port', '192.0.2.1', 40_009, []],
  ['another address', '192.0.2.2', 40_000, []],
  ['no address', 'unknown', 40_000, []],
];

for (const [name, address, port, expected] of cases) {
  test(`the owner of a connection's end is found: ${name}`, (t) => {
    if (!needs(t, endianness() === 'LE' ? undefined : 'a little-endian machine')) return;
    assert.deepEqual(ownersIn(table + table6, { address, port }), expected);
  });
}

test('a connection of this process is ours', async (t) => {
  if (!needs(t, existsSync('/proc/net/tcp') ? undefined : 'no /proc/net/tcp here')) return;
  const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const client = connect(address.port, '127.0.0.1');
  await once(client, 'connect');
  const { localPort } = client;
  assert.ok(localPort !== undefined);
  assert.equal(isOurs({ address: '127.0.0.1', port: localPort }), true);
  assert.equal(isOurs({ address: '127.0.0.99', port: localPort }), false);
  client.destroy();
  server.close();
});

/** With no more of /proc than ProcSubset=pid of a systemd unit leaves. */
function inHiddenProc(...command: readonly string[]) {
  const script = 'mount -t proc -o subset=pid proc /proc && exec "$@"';
  const args = ['--mount', '--pid', '--fork', 'sh', '-c', script, 'sh', ...command];
  return spawnSync('unshare', args, { encoding: 'utf8', timeout: 60_000 });
}

test('a connection is known as ours where most of /proc is hidden', (t) => {
  const { status, stderr } = inHiddenProc('true');
  if (!needs(t, status === 0 ? undefined : `/proc cannot be hidden here: ${stderr}`)) return;
  const room = new URL('../../src/interception/socket-owner.ts', import.meta.url);
  const program = `
    import { connect, createServer } from 'node:net';
    import { isOurs } from ${JSON.stringify(room.href)};
    const server = createServer().listen(0, '127.0.0.1', () => {
      const client = connect(server.address().port, '127.0.0.1', () => {
        console.log(isOurs({ address: '127.0.0.1', port: client.localPort }));
        process.exit();
      });
    });`;
  const inside = inHiddenProc(process.execPath, '--input-type=module', '--eval', program);
  assert.equal(inside.stdout.trim(), 'true', inside.stderr);
});
