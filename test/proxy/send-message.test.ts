import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Rendered } from '../../src/pipeline/render.ts';
import { ClientOutput } from '../../src/proxy/client-output.ts';
import { sendMessage } from '../../src/proxy/send-message.ts';
import { settled } from '../helpers/fake-clock.ts';
import { lost, withCode } from '../helpers/pipeline.ts';
import { RecordingSocket } from '../helpers/recording-socket.ts';
import { cut } from '../message/chunking.ts';

const status = Buffer.from('+OK here\r\n');
const head = 'Subject: x\r\n\r\n';
const body = 'one\r\n.two\r\n..\r\nthree\r\n';

interface Source extends Rendered {
  readonly isClosed: () => boolean;
}

/** `octets` is what is claimed. */
function rendered(
  text = body,
  changes: { readonly octets?: number | undefined; readonly failsAfter?: number } = {},
): Source {
  let state = 'untouched';
  return {
    octets: head.length + text.length,
    ...changes,
    head: Buffer.from(head),
    isClosed: () => state !== 'open',
    async *body() {
      state = 'open';
      try {
        for (const [index, piece] of cut(Buffer.from(text, 'latin1'), [4]).entries()) {
          if (index === changes.failsAfter) throw lost();
          yield piece;
        }
        if (changes.failsAfter !== undefined) throw lost();
      } finally {
        state = 'closed';
      }
    },
    bodyInMemory: () => undefined,
  };
}

function outputOf() {
  const socket = new RecordingSocket();
  return { socket, output: new ClientOutput(socket.asSocket) };
}

test('a whole message is its status line, its stuffed octets and the terminator', async () => {
  const { socket, output } = outputOf();
  const octets = await sendMessage(output, status, rendered(), undefined);
  assert.equal(octets, head.length + body.length);
  assert.equal(
    socket.written.toString(),
    `+OK here\r\n${head}one\r\n..two\r\n...\r\nthree\r\n.\r\n`,
  );
});

test('a message of unknown size, and one whose status line is out already, are sent as they come', async () => {
  const { socket, output } = outputOf();
  await sendMessage(output, undefined, rendered('a\r\n', { octets: undefined }), undefined);
  assert.equal(socket.written.toString(), `${head}a\r\n.\r\n`);
});

test('a message without a body, and one without a line end, end well', async () => {
  const empty = outputOf();
  await sendMessage(empty.output, status, rendered(''), undefined);
  assert.equal(empty.socket.written.toString(), `+OK here\r\n${head}.\r\n`);
  const open = outputOf();
  await sendMessage(open.output, status, rendered('end'), undefined);
  assert.equal(open.socket.written.toString(), `+OK here\r\n${head}end\r\n.\r\n`);
});

for (const [lines, text] of [
  [0, ''],
  [1, 'one\r\n'],
  [2, 'one\r\n..two\r\n'],
  [4, 'one\r\n..two\r\n...\r\nthree\r\n'],
  [1000, 'one\r\n..two\r\n...\r\nthree\r\n'],
] as const) {
  test(`TOP ${lines} sends the header and ${lines} lines at most`, async () => {
    const { socket, output } = outputOf();
    const source = rendered();
    await sendMessage(output, status, source, lines);
    assert.equal(socket.written.toString(), `+OK here\r\n${head}${text}.\r\n`);
    assert.equal(source.isClosed(), true);
  });
}

test('content that is not what was announced gets no terminator', async () => {
  for (const difference of [-1, 1]) {
    const { socket, output } = outputOf();
    const wrong = rendered('a\r\n', { octets: head.length + 3 + difference });
    await assert.rejects(
      sendMessage(output, status, wrong, undefined),
      withCode('MESSAGE_TRUNCATED'),
    );
    assert.equal(socket.written.toString(), `+OK here\r\n${head}a\r\n`);
  }
});

test('content that fails anywhere gets no terminator', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 6 }),
      fc.constantFrom(undefined, 3, 1000),
      async (failsAfter, lines) => {
        const { socket, output } = outputOf();
        const failing = rendered(body, { failsAfter });
        const isCutBefore = lines === 3 && failsAfter >= 4;
        const sending = sendMessage(output, status, failing, lines);
        if (isCutBefore) {
          await sending;
        } else {
          await assert.rejects(sending, withCode('UPSTREAM_LOST'));
          assert.doesNotMatch(socket.written.toString(), /(?:^|\r\n)\.\r\n/);
        }
        assert.equal(failing.isClosed(), true);
      },
    ),
    { numRuns: 40 },
  );
});

test('a client that takes nothing is waited for, and its message is let go of when it leaves', async () => {
  const { socket, output } = outputOf();
  const large = rendered('x'.repeat(500_000));
  socket.stall();
  const sending = assert.rejects(
    sendMessage(output, status, large, undefined),
    withCode('CLIENT_GONE'),
  );
  await settled();
  assert.ok(socket.writableLength < 100_000, `${socket.writableLength} octets wait`);
  socket.destroy();
  await sending;
  assert.equal(large.isClosed(), true);
});
