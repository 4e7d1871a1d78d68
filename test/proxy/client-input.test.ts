import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ClientInput } from '../../src/proxy/client-input.ts';
import { settled } from '../helpers/fake-clock.ts';
import { withCode } from '../helpers/pipeline.ts';
import { RecordingSocket } from '../helpers/recording-socket.ts';
import { cut } from '../message/chunking.ts';

function inputOf() {
  const socket = new RecordingSocket();
  return { socket, input: new ClientInput(socket.asSocket) };
}

async function textOf(input: ClientInput): Promise<string | undefined> {
  return (await input.readLine('command'))?.toString('latin1');
}

test('lines are the same over any chunking, and however late they are read', async () => {
  const line = fc.string({ unit: fc.constantFrom('a', ' ', '\r', '\0', 'ÿ'), maxLength: 20 });
  const lengths = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.array(line), lengths, fc.boolean(), async (lines, sizes, isPipelined) => {
      const { socket, input } = inputOf();
      const octets = Buffer.from(lines.map((text) => `${text}\r\n`).join(''), 'latin1');
      for (const chunk of cut(octets, sizes)) {
        socket.push(chunk);
        if (!isPipelined) await settled();
      }
      socket.push(null);
      for (const text of lines) assert.equal(await textOf(input), text);
      assert.equal(await textOf(input), undefined);
    }),
    { numRuns: 60 },
  );
});

test('a client that sends faster than it is served is left unread until there is room', async () => {
  const { socket, input } = inputOf();
  const lines = 10_000;
  for (let line = 0; line < lines; line++) socket.push(`NOOP ${line}\r\n`);
  await settled();
  assert.ok(socket.isPaused());
  assert.ok(input.pendingOctets <= 64 * 1024 + 16);
  for (let line = 0; line < lines; line++) assert.equal(await textOf(input), `NOOP ${line}`);
  assert.equal(input.pendingOctets, 0);
});

test('a command line that is too long is noticed without its end', async () => {
  const { socket, input } = inputOf();
  const reading = assert.rejects(input.readLine('command'), withCode('LINE_TOO_LONG'));
  socket.push('a'.repeat(2049));
  await reading;
});

test('the longest command line and the longest SASL line are accepted, one octet more is not', async () => {
  for (const [kind, limit] of [
    ['command', 2048],
    ['sasl', 65_536],
  ] as const) {
    const longest = inputOf();
    longest.socket.push(`${'a'.repeat(limit - 2)}\r\n`);
    assert.equal((await longest.input.readLine(kind))?.length, limit - 2);
    const longer = inputOf();
    longer.socket.push(`${'a'.repeat(limit - 1)}\r\n`);
    await assert.rejects(longer.input.readLine(kind), withCode('LINE_TOO_LONG'));
  }
});

test('after a SASL line the limit of commands counts again', async () => {
  const { socket, input } = inputOf();
  socket.push(`${'a'.repeat(10_000)}\r\n${'b'.repeat(10_000)}\r\n`);
  assert.equal((await input.readLine('sasl'))?.length, 10_000);
  await assert.rejects(input.readLine('command'), withCode('LINE_TOO_LONG'));
});

test('lines that came before the end are still read, a line without end is none', async () => {
  const { socket, input } = inputOf();
  socket.push('QUIT\r\nNOO');
  socket.push(null);
  await settled();
  assert.equal(await textOf(input), 'QUIT');
  assert.equal(await textOf(input), undefined);
});

test('someone who waits for a line learns that there will be none', async () => {
  const ended = inputOf();
  const first = ended.input.readLine('command');
  ended.socket.push(null);
  assert.equal(await first, undefined);
  const lost = inputOf();
  const second = lost.input.readLine('command');
  lost.socket.destroy();
  assert.equal(await second, undefined);
  const stopped = inputOf();
  const third = stopped.input.readLine('command');
  stopped.input.stop();
  assert.equal(await third, undefined);
});

test('an input that has let go of its socket takes nothing more from it', async () => {
  const { socket, input } = inputOf();
  socket.push('STLS\r\n');
  assert.equal(await textOf(input), 'STLS');
  input.detach();
  socket.push('not for us');
  await settled();
  assert.equal(input.pendingOctets, 0);
});
