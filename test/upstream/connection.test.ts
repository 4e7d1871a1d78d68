import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { AppError } from '../../src/base/errors.ts';
import { UpstreamConnection } from '../../src/upstream/connection.ts';
import { command } from '../../src/upstream/step.ts';
import {
  close,
  expect,
  expectEnd,
  perform,
  reset,
  type Script,
  send,
  silence,
  startScriptedUpstream,
  until,
} from '../helpers/scripted-upstream.ts';
import { CollectingSink } from './collecting-sink.ts';
import { type TargetChanges, targetOn } from './target.ts';

/** Plays the script against a connection in use; both have to come to their end. */
async function withConnection(
  script: Script,
  use: (connection: UpstreamConnection, scriptPlayed: () => Promise<void>) => Promise<void>,
  changes: TargetChanges = {},
): Promise<void> {
  await using upstream = await startScriptedUpstream(script);
  const target = targetOn(upstream.port, changes);
  const connection = new UpstreamConnection(target);
  await connection.open(target, {});
  try {
    await use(connection, () => upstream.done());
    connection.destroy(finished);
    await upstream.done();
  } finally {
    connection.destroy(finished);
  }
}

const finished = new AppError('FINISHED', { fault: 'proxy', publicText: 'end of test' });

const violation = { code: 'UPSTREAM_PROTOCOL', fault: 'upstream' };

async function greeted(connection: UpstreamConnection): Promise<void> {
  assert.equal((await connection.greeting).reply.isOk, true);
}

test('a greeting and replies arrive whole, however they are cut', async () => {
  for (const inChunksOf of [1, 2, 3, 1000]) {
    await withConnection(
      [
        send('+OK hello\r\n', { inChunksOf }),
        expect('CAPA'),
        send('+OK\r\nTOP\r\n..dot\r\n.\r\n', { inChunksOf }),
        expect('NOOP'),
        send('-ERR [SYS/TEMP] no\r\n', { inChunksOf }),
      ],
      async (connection) => {
        assert.equal((await connection.greeting).reply.text, 'hello');
        const lines: Buffer[] = [];
        await connection.askForLines(command('CAPA'), 10, (octets, start, end) =>
          lines.push(octets.subarray(start, end)),
        );
        assert.deepEqual(lines.map(String), ['TOP', '.dot']);
        const { reply } = await connection.ask(command('NOOP'));
        assert.deepEqual(reply, { isOk: false, code: 'SYS/TEMP', text: 'no' });
      },
    );
  }
});

const noGreetings: readonly [name: string, octets: string][] = [
  ['100 KB without a line end', '+OK '.padEnd(100_000, 'x')],
  ['a line longer than 4096 octets', `+OK ${'x'.repeat(4096)}\r\n`],
  ['another protocol', '220 smtp.example ESMTP\r\n'],
  ['+OKAY', '+OKAY come in\r\n'],
  ['* OK', '* OK IMAP4rev1\r\n'],
  ['a line break of another kind', '+OK a\rb\r\n'],
];

for (const [name, octets] of noGreetings) {
  test(`a greeting of ${name} is a violation of the protocol`, async () => {
    await withConnection([send(octets), expectEnd()], async (connection) => {
      await assert.rejects(connection.greeting, violation);
      assert.ok(!connection.isOpen);
    });
  });
}

test('a reply line that never ends is a violation of the protocol', async () => {
  const endless = perform('send without end', async (peer) => {
    for (let sent = 0; sent < 100 && !peer.hasLeft; sent += 1) await peer.send('x'.repeat(1000));
  });
  await withConnection(
    [send('+OK\r\n'), expect('NOOP'), send('+OK '), endless, expectEnd()],
    async (connection) => {
      await greeted(connection);
      await assert.rejects(connection.ask(command('NOOP')), violation);
    },
  );
});

test('two replies to one question are a violation, and the second answers nothing', async () => {
  await withConnection(
    [send('+OK\r\n'), expect('NOOP'), send('+OK one\r\n+OK two\r\n'), expectEnd()],
    async (connection) => {
      await greeted(connection);
      const first = connection.ask(command('NOOP'));
      const second = connection.ask(command('STAT'));
      second.catch(() => {});
      assert.equal((await first).reply.text, 'one');
      await assert.rejects(second, violation);
    },
  );
});

test('octets behind the greeting are a violation', async () => {
  await withConnection([send('+OK\r\n+OK forged\r\n'), expectEnd()], async (connection) => {
    await greeted(connection);
    await assert.rejects(connection.ask(command('CAPA')), violation);
  });
});

test('octets behind a terminator are a violation', async () => {
  await withConnection(
    [send('+OK\r\n'), expect('LIST'), send('+OK\r\n.\r\n+OK\r\n'), expectEnd()],
    async (connection) => {
      await greeted(connection);
      await connection.askForLines(command('LIST'), 10, () => {});
      await assert.rejects(connection.ask(command('STAT')), violation);
    },
  );
});

test('a reply that comes before its question ends the session', async () => {
  const asked = Promise.withResolvers<void>();
  await withConnection(
    [send('+OK\r\n'), until(asked.promise), send('+OK early\r\n'), expectEnd()],
    async (connection, scriptPlayed) => {
      await greeted(connection);
      asked.resolve();
      // Nothing is asked: the connection has to end by itself.
      await scriptPlayed();
      await assert.rejects(connection.ask(command('NOOP')), violation);
    },
  );
});

test('more lines than are allowed are a violation', async () => {
  await withConnection(
    [send('+OK\r\n'), expect('LIST'), send('+OK\r\n1 1\r\n2 2\r\n3 3\r\n.\r\n'), expectEnd()],
    async (connection) => {
      await greeted(connection);
      await assert.rejects(
        connection.askForLines(command('LIST'), 2, () => {}),
        violation,
      );
    },
  );
});

test('a plus is a challenge where one is awaited, and a violation elsewhere', async () => {
  await withConnection(
    [send('+OK\r\n'), expect('AUTH PLAIN'), send('+ \r\n'), expect('NOOP'), send('+\r\n')],
    async (connection) => {
      await greeted(connection);
      assert.ok((await connection.ask(command('AUTH PLAIN'), 'sasl')).isChallenge);
      await assert.rejects(connection.ask(command('NOOP')), violation);
    },
  );
});

test('a server that is silent, in the greeting or in a reply, is given up', async () => {
  const timeouts = { replyMs: 30 };
  const timeout = { code: 'UPSTREAM_TIMEOUT', fault: 'upstream' };
  await withConnection([silence()], (connection) => assert.rejects(connection.greeting, timeout), {
    timeouts,
  });
  const silent = [send('+OK\r\n'), expect('NOOP'), silence()];
  await withConnection(
    silent,
    async (connection) => {
      await greeted(connection);
      await assert.rejects(connection.ask(command('NOOP')), timeout);
    },
    { timeouts: { replyMs: 1500 } },
  );
});

test('an unused connection is given up after the idle time', async () => {
  await withConnection(
    [send('+OK\r\n'), expectEnd()],
    async (connection, scriptPlayed) => {
      await greeted(connection);
      await scriptPlayed();
      await assert.rejects(connection.ask(command('NOOP')), {
        code: 'UPSTREAM_TIMEOUT',
        details: { during: 'idle' },
      });
    },
    { timeouts: { idleMs: 20 } },
  );
});

test('a connection that ends or is reset fails what is outstanding and all that follows', async () => {
  for (const leave of [close(), reset()]) {
    await withConnection([send('+OK\r\n'), expect('NOOP'), leave], async (connection) => {
      await greeted(connection);
      const lost = { code: 'UPSTREAM_LOST', fault: 'upstream' };
      await assert.rejects(connection.ask(command('NOOP')), lost);
      await assert.rejects(connection.ask(command('NOOP')), lost);
    });
  }
});

test('a port where nobody listens is a server that cannot be reached', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  await new Promise((resolve) => server.close(resolve));
  const target = targetOn(address.port);
  await assert.rejects(new UpstreamConnection(target).open(target, {}), {
    code: 'UPSTREAM_UNREACHABLE',
    responseCode: 'SYS/TEMP',
  });
});

test('without pipelining a question waits for the answer to the one before', async () => {
  const asked = Promise.withResolvers<void>();
  await withConnection(
    [
      send('+OK\r\n'),
      expect('NOOP'),
      until(asked.promise),
      perform('nothing else has come', (peer) => assert.equal(peer.received, 'NOOP\r\n')),
      send('+OK one\r\n'),
      expect('STAT'),
      send('+OK two\r\n'),
    ],
    async (connection) => {
      await greeted(connection);
      const answers = [connection.ask(command('NOOP')), connection.ask(command('STAT'))];
      asked.resolve();
      const texts = (await Promise.all(answers)).map((answer) => answer.reply.text);
      assert.deepEqual(texts, ['one', 'two']);
    },
  );
});

test('with pipelining questions go out at once and are answered in order', async () => {
  for (const inChunksOf of [1, 7, 1000]) {
    await withConnection(
      [
        send('+OK\r\n'),
        expect('NOOP'),
        expect('LIST'),
        expect('RETR 1'),
        expect('STAT'),
        send('+OK one\r\n+OK\r\n1 2\r\n.\r\n+OK\r\nbody\r\n..\r\n.\r\n-ERR four\r\n', {
          inChunksOf,
        }),
      ],
      async (connection) => {
        await greeted(connection);
        connection.mayPipeline = true;
        const sink = new CollectingSink();
        const lines: string[] = [];
        const [noop, list, retr, stat] = await Promise.all([
          connection.ask(command('NOOP')),
          connection.askForLines(command('LIST'), 10, (octets, start, end) =>
            lines.push(octets.toString('latin1', start, end)),
          ),
          connection.askForContent(command('RETR 1'), sink),
          connection.ask(command('STAT')),
        ]);
        assert.equal(noop.reply.text, 'one');
        assert.ok(list.reply.isOk);
        assert.deepEqual(lines, ['1 2']);
        assert.ok(retr.reply.isOk);
        assert.equal(sink.text, 'body\r\n.\r\n');
        assert.equal(stat.reply.text, 'four');
      },
    );
  }
});

test('what is asked for together leaves in one segment, as far as it may', async () => {
  for (const mayPipeline of [true, false]) {
    await withConnection(
      [
        send('+OK\r\n'),
        expect('DELE 1'),
        perform('what has come', ({ received }) =>
          assert.equal(received, mayPipeline ? 'DELE 1\r\nDELE 2\r\nQUIT\r\n' : 'DELE 1\r\n'),
        ),
        send('+OK one\r\n'),
        expect('DELE 2'),
        send('-ERR two\r\n'),
        expect('QUIT'),
        send('+OK three\r\n'),
      ],
      async (connection) => {
        await greeted(connection);
        connection.mayPipeline = mayPipeline;
        const answers = await connection.together(() =>
          Promise.all(['DELE 1', 'DELE 2', 'QUIT'].map((line) => connection.ask(command(line)))),
        );
        assert.deepEqual(
          answers.map(({ reply }) => reply.text),
          ['one', 'two', 'three'],
        );
      },
    );
  }
});

test('a question that an answer leads to at once waits until a surplus would have shown', async () => {
  await withConnection(
    [send('+OK\r\n'), expect('NOOP'), send('+OK one\r\n+OK two\r\n'), expectEnd()],
    async (connection) => {
      await greeted(connection);
      const failure = await new Promise((resolve) => {
        const stat = {
          line: command('STAT'),
          expected: { kind: 'reply' },
          answered: resolve,
          failed: resolve,
        } as const;
        connection.put({ ...stat, line: command('NOOP'), answered: () => connection.put(stat) });
      });
      assert.ok(failure instanceof AppError);
      assert.equal(failure.code, 'UPSTREAM_PROTOCOL');
    },
  );
});

test('a surplus among pipelined answers fails the questions that are still open', async () => {
  await withConnection(
    [send('+OK\r\n'), expect('NOOP'), send('+OK\r\n+OK\r\n+OK\r\n'), expectEnd()],
    async (connection) => {
      await greeted(connection);
      connection.mayPipeline = true;
      await connection.ask(command('NOOP'));
      await assert.rejects(connection.ask(command('STAT')), violation);
    },
  );
});

test('a sink that is full stops the reading until it has room again', async () => {
  const line = `${'x'.repeat(998)}\r\n`;
  const messageOctets = 20_000 * line.length;
  let isFull = true;
  const sink = new CollectingSink(() => isFull);
  await withConnection(
    [
      send('+OK\r\n'),
      expect('RETR 1'),
      send('+OK\r\n'),
      send(line.repeat(20_000)),
      send('.\r\n'),
      expect('NOOP'),
      send('+OK\r\n'),
    ],
    async (connection) => {
      await greeted(connection);
      const answered = connection.askForContent(command('RETR 1'), sink);
      // Each time the sink is full, no more than what one read of the socket brings has come.
      for (let rounds = 1; rounds <= 5; rounds += 1) {
        await sink.held;
        const before = sink.octets;
        await new Promise(setImmediate);
        await new Promise(setImmediate);
        assert.equal(sink.octets, before);
        assert.ok(before <= rounds * 64 * 1024);
        if (rounds === 5) isFull = false;
        sink.drain();
      }
      await answered;
      assert.equal(sink.octets, messageOctets);
      assert.ok((await connection.ask(command('NOOP'))).reply.isOk);
    },
  );
});

test('while a sink is full the upstream is not late', async () => {
  const replyMs = 1500;
  const sink = new CollectingSink(() => true);
  await withConnection(
    [
      send('+OK\r\n'),
      expect('RETR 1'),
      send('+OK\r\nbody\r\n'),
      until(sink.held),
      send('.\r\n'),
      expect('NOOP'),
      send('+OK\r\n'),
    ],
    async (connection) => {
      await greeted(connection);
      const answered = connection.askForContent(command('RETR 1'), sink);
      await sink.held;
      // Another connection with the same deadline, made later, is given up before this one.
      await withConnection(
        [silence()],
        (other) => assert.rejects(other.greeting, { code: 'UPSTREAM_TIMEOUT' }),
        { timeouts: { replyMs } },
      );
      assert.ok(connection.isOpen);
      sink.drain();
      await answered;
      assert.ok((await connection.ask(command('NOOP'))).reply.isOk);
    },
    { timeouts: { replyMs } },
  );
});

test('a sink that fails ends the session', async () => {
  await withConnection(
    [send('+OK\r\n'), expect('RETR 1'), send('+OK\r\nbody\r\n'), expectEnd()],
    async (connection) => {
      await greeted(connection);
      const failure = new AppError('SPOOL_FULL', { fault: 'proxy', publicText: 'no room' });
      const sink = {
        write: () => {
          throw failure;
        },
        onDrain: () => {},
      };
      await assert.rejects(connection.askForContent(command('RETR 1'), sink), {
        code: 'UPSTREAM_LOST',
        cause: failure,
      });
      assert.ok(!connection.isOpen);
    },
  );
});

test('what is outstanding fails with the reason for which the connection is destroyed', async () => {
  await withConnection([send('+OK\r\n'), expect('NOOP'), expectEnd()], async (connection) => {
    await greeted(connection);
    const asked = connection.ask(command('NOOP'));
    const waiting = connection.ask(command('STAT'));
    connection.destroy(finished);
    await assert.rejects(asked, finished);
    await assert.rejects(waiting, finished);
    await assert.rejects(connection.ask(command('NOOP')), finished);
  });
});
