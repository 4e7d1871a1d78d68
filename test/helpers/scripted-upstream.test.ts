import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import {
  close,
  expect,
  expectEnd,
  reset,
  type Scripts,
  secure,
  secureInVain,
  send,
  startScriptedUpstream,
} from './scripted-upstream.ts';
import { makeTestCertificates } from './test-certificates.ts';

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}

const start = (scripts: Scripts) => startScriptedUpstream(scripts, { limitMs: 200 });

test('a script that the peer follows is played to its end', async () => {
  await using upstream = await startScriptedUpstream([
    send('+OK\r\n', { inChunksOf: 1 }),
    expect('CAPA'),
    expect(/^USER /),
    send('bye\r\n'),
    close(),
  ]);
  const socket = await connected(upstream.port);
  socket.write('CAPA\r\nUSER x\r\n');
  assert.equal(await readAll(socket), '+OK\r\nbye\r\n');
  await upstream.done();
  assert.equal(upstream.connections[0]?.received, 'CAPA\r\nUSER x\r\n');
});

test('another line, a line too many and a line too few each fail the script', async () => {
  for (const [script, said, failure] of [
    [[expect('CAPA')], 'QUIT\r\n', /step 1 \(expect CAPA\): .*"QUIT"/],
    [[expectEnd()], 'QUIT\r\n', /expected the end/],
    [[expect('CAPA'), expect('QUIT')], 'CAPA\r\n', /step 2 .*has left/],
    [[expect('CAPA')], 'CAPA\n', /has left/],
  ] as const) {
    await using upstream = await start(script);
    const socket = await connected(upstream.port);
    socket.end(said);
    await assert.rejects(upstream.done(), failure);
  }
});

test('a peer that never comes, or comes and says nothing, fails the script', async () => {
  await using upstream = await start([expect('CAPA')]);
  await assert.rejects(upstream.done(), /nobody/);
  const socket = await connected(upstream.port);
  await once(socket, 'close');
  await assert.rejects(upstream.done(), /waited 200 ms for a line/);
});

test('each connection can have a script of its own', async () => {
  await using upstream = await startScriptedUpstream((index) => [send(`${index}`), close()]);
  for (const text of ['0', '1']) {
    assert.equal(await readAll(await connected(upstream.port)), text);
  }
  await upstream.done();
});

test('a reset is seen as one', async () => {
  await using upstream = await startScriptedUpstream([expect('GO'), reset()]);
  const socket = await connected(upstream.port);
  const failed = once(socket, 'error');
  socket.write('GO\r\n');
  const [error] = await failed;
  assert.equal(error.code, 'ECONNRESET');
});

test('a handshake is completed, or turned down by the peer', async () => {
  const certificates = makeTestCertificates();
  await using good = await startScriptedUpstream([secure(certificates.server), expect('QUIT')]);
  const socket = connectTls({ port: good.port, host: 'localhost', ca: certificates.caPem });
  await once(socket, 'secureConnect');
  socket.end('QUIT\r\n');
  await good.done();
  assert.ok(good.connections[0]?.isEncrypted);

  await using bad = await startScriptedUpstream([secureInVain(certificates.expired)]);
  const refused = connectTls({ port: bad.port, host: 'localhost', ca: certificates.caPem });
  await once(refused, 'error');
  await bad.done();
});
