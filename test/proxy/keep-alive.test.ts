import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientOutput } from '../../src/proxy/client-output.ts';
import { KeepAlive } from '../../src/proxy/keep-alive.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { RecordingSocket } from '../helpers/recording-socket.ts';

function keepAlive() {
  const clock = new FakeClock();
  const socket = new RecordingSocket();
  const output = new ClientOutput(socket.asSocket);
  const keepAlive = new KeepAlive(clock, output, {
    status: () => Buffer.from('+OK\r\n'),
  });
  keepAlive.start();
  return { clock, socket, keepAlive };
}

test('a client that is served in time sees nothing of it', async () => {
  const { clock, socket, keepAlive: waiting } = keepAlive();
  await clock.advance(14_999);
  waiting.stop();
  await clock.advance(60_000);
  assert.equal(socket.written.length, 0);
  assert.equal(waiting.hasBegun, false);
  assert.equal(clock.timers, 0);
});

test('whole header lines follow the status line, and are counted without it', async () => {
  const { clock, socket, keepAlive: waiting } = keepAlive();
  await clock.advance(15_000);
  assert.equal(waiting.hasBegun, true);
  await clock.advance(20_000);
  waiting.stop();
  await clock.advance(60_000);
  const lines = 'X-Postern-Wait: 1\r\nX-Postern-Wait: 2\r\nX-Postern-Wait: 3\r\n';
  assert.equal(socket.written.toString(), `+OK\r\n${lines}`);
  assert.equal(waiting.octets, lines.length);
});

test('a client that is gone is left alone', async () => {
  const { clock, socket, keepAlive: waiting } = keepAlive();
  socket.destroy();
  await clock.advance(60_000);
  assert.equal(waiting.hasBegun, false);
  assert.equal(clock.timers, 0);
});
