import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type ListenOptions, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { type ClamdAddress, findClamd } from '../../src/demo/clamd-probe.ts';

const patientMs = 60_000;
const folder = await mkdtemp(join(tmpdir(), 'clamd-probe-'));
const servers: Server[] = [];
after(async () => {
  for (const server of servers) server.close();
  await rm(folder, { recursive: true });
});

/** A server that answers `zPING` with the given octets and closes. */
async function answering(answer: string, where: ListenOptions): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', (asked) => {
      assert.equal(asked.toString(), 'zPING\0');
      socket.end(answer);
    });
  });
  servers.push(server);
  server.listen(where);
  await once(server, 'listening');
  return server;
}

async function tcp(answer: string): Promise<ClamdAddress> {
  const server = await answering(answer, { host: '127.0.0.1', port: 0 });
  const bound = server.address();
  assert.ok(bound !== null && typeof bound === 'object');
  return { kind: 'tcp', host: '127.0.0.1', port: bound.port };
}

describe('the search for clamd', () => {
  test('takes the first address that answers PONG', async () => {
    const path = join(folder, 'clamd.ctl');
    await answering('PONG\0', { path });
    const wanted: ClamdAddress = { kind: 'unix', path };
    const missing: ClamdAddress = { kind: 'unix', path: join(folder, 'nothing') };
    assert.deepEqual(await findClamd([missing, wanted, await tcp('PONG\0')], patientMs), wanted);
  });

  test('works over TCP', async () => {
    const wanted = await tcp('PONG\0');
    assert.deepEqual(await findClamd([wanted], patientMs), wanted);
  });

  test('takes no other server for clamd', async () => {
    for (const answer of ['', 'PONG', 'PONG\0extra', '+OK ready\r\n', 'x'.repeat(100_000)]) {
      assert.equal(await findClamd([await tcp(answer)], patientMs), undefined, answer.slice(0, 20));
    }
  });

  test('gives up on a server that says nothing', async () => {
    const silent = createServer(() => {});
    servers.push(silent);
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const bound = silent.address();
    assert.ok(bound !== null && typeof bound === 'object');
    const address: ClamdAddress = { kind: 'tcp', host: '127.0.0.1', port: bound.port };
    assert.equal(await findClamd([address], 50), undefined);
  });

  test('finds nothing where nothing is', async () => {
    assert.equal(await findClamd([], patientMs), undefined);
  });
});
