import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { inspect } from 'node:util';
import { type AppError, explain } from '../../src/base/errors.ts';
import { type Credentials, Secret } from '../../src/base/secret.ts';
import type { UpstreamClient } from '../../src/upstream/client.ts';
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
} from '../helpers/scripted-upstream.ts';
import { CollectingSink } from './collecting-sink.ts';
import { credentials, openClient, password, plainResponse, type TargetChanges } from './target.ts';

/** Plays the script against a client in use; both have to come to their end. */
async function withClient(
  script: Script,
  use: (client: UpstreamClient) => Promise<void>,
  changes: TargetChanges = {},
): Promise<void> {
  await using upstream = await startScriptedUpstream(script);
  const client = await openClient(upstream.port, changes);
  try {
    await use(client);
    client.close();
    await upstream.done();
  } finally {
    client.close();
  }
}

/** The opening fails, and the server sees the connection go. */
async function openInVain(
  script: Script,
  expected: object,
  changes: TargetChanges = {},
): Promise<void> {
  await using upstream = await startScriptedUpstream(script);
  await assert.rejects(openClient(upstream.port, changes), expected);
  await upstream.done();
}

const opened: Script = [send('+OK\r\n'), expect('CAPA'), send('-ERR\r\n')];
const offersPlain: Script = [send('+OK\r\n'), expect('CAPA'), send('+OK\r\nSASL PLAIN\r\n.\r\n')];
const loggedIn: Script = [
  ...opened,
  expect('USER bob'),
  send('+OK\r\n'),
  expect(`PASS ${password}`),
  send('+OK\r\n'),
];
const logIn = (client: UpstreamClient) => client.logIn(credentials);

test('a greeting of -ERR is a refusal in the words of the server', async () => {
  await openInVain([send('-ERR [SYS/TEMP] too busy\r\n'), expectEnd()], {
    code: 'UPSTREAM_REFUSED_SESSION',
    responseCode: 'SYS/TEMP',
    clientText: 'too busy',
  });
});

test('a silent server is given up after the deadline for replies', async () => {
  const changes = { timeouts: { replyMs: 30 } };
  await openInVain([silence()], { code: 'UPSTREAM_TIMEOUT' }, changes);
});

test('a server that never comes to the end of its greeting is given up as well', async () => {
  // Each octet restarts the limit for the next one; the limit for the whole takes no notice.
  const drip = perform('drip', async (peer) => {
    while (!peer.hasLeft) {
      await peer.send('x');
      await setTimeout(5);
    }
  });
  const changes = { timeouts: { replyMs: 50 } };
  await openInVain([send('+OK '), drip, expectEnd()], { code: 'UPSTREAM_TIMEOUT' }, changes);
});

test('a session that is no longer wanted is not opened, and one that is being opened is left', async () => {
  await using upstream = await startScriptedUpstream([expectEnd()]);
  const gone = new Error('the client is gone');
  await assert.rejects(openClient(upstream.port, {}, AbortSignal.abort(gone)), gone);
  const controller = new AbortController();
  const opening = openClient(upstream.port, {}, controller.signal);
  controller.abort(gone);
  await assert.rejects(opening, gone);
});

test('a password is sent without TLS only where the configuration says so', async () => {
  await withClient(
    [...opened, expectEnd()],
    (client) => assert.rejects(logIn(client), { code: 'UPSTREAM_NOT_ENCRYPTED', fault: 'config' }),
    { allowPlaintextLogin: false },
  );
});

test('USER and PASS log in', async () => {
  await withClient([...loggedIn, expectEnd()], logIn);
});

test('AUTH PLAIN logs in where it is offered', async () => {
  await withClient(
    [...offersPlain, expect(`AUTH PLAIN ${plainResponse}`), send('+OK\r\n'), expectEnd()],
    logIn,
  );
});

test('long credentials wait for the challenge of AUTH PLAIN', async () => {
  const long: Credentials = {
    user: Buffer.from('bob'),
    password: Secret.fromText('p'.repeat(300)),
  };
  const response = Buffer.from(`\0bob\0${'p'.repeat(300)}`).toString('base64');
  await withClient(
    [
      ...offersPlain,
      expect('AUTH PLAIN'),
      send('+ \r\n', { inChunksOf: 1 }),
      expect(response),
      send('+OK\r\n'),
      expectEnd(),
    ],
    (client) => client.logIn(long),
  );
});

test('+OK to AUTH PLAIN without a response is no login', async () => {
  const long: Credentials = {
    user: Buffer.from('bob'),
    password: Secret.fromText('p'.repeat(300)),
  };
  await withClient(
    [...offersPlain, expect('AUTH PLAIN'), send('+OK welcome\r\n'), expectEnd()],
    (client) => assert.rejects(client.logIn(long), { code: 'UPSTREAM_PROTOCOL' }),
  );
});

test('a login that is never answered ends by its deadline', async () => {
  await withClient(
    [...opened, expect('USER bob'), silence()],
    (client) => assert.rejects(logIn(client), { code: 'UPSTREAM_TIMEOUT' }),
    { timeouts: { loginMs: 30 } },
  );
});

test('no error shows the password, even where the upstream repeats it', async () => {
  const echo = (start: string) => send(`${start} ${password} ${plainResponse}\r\n`);
  const user = [...opened, expect('USER bob'), send('+OK\r\n'), expect(`PASS ${password}`)];
  const plain = [...offersPlain, expect(`AUTH PLAIN ${plainResponse}`)];
  const scripts: Script[] = [
    [...user, echo('-ERR [AUTH]'), expectEnd()],
    [...user, echo('+OKAY'), expectEnd()],
    [...user, echo(''), expectEnd()],
    [...user, send(`+OK\r\n${password}\r\n`), expectEnd()],
    [...user, close()],
    [...user, reset()],
    [...plain, echo('-ERR'), expectEnd()],
    [...plain, echo('+'), expectEnd()],
  ];
  for (const script of scripts) {
    await withClient(script, async (client) => {
      const error = await logIn(client)
        // A surplus behind the +OK is noticed at once, and told by the next question.
        .then(() => client.list(10))
        .then(
          () => assert.fail('the login has worked'),
          (cause: unknown) => cause as AppError,
        );
      const shown = [
        error.message,
        error.publicText,
        explain(error),
        JSON.stringify(error),
        inspect(error, { showHidden: true, depth: 20 }),
      ].join('\n');
      assert.ok(!shown.includes(password), shown);
      assert.ok(!shown.includes(plainResponse), shown);
    });
  }
});

/** LIST and UIDL of a server without pipelining. */
function listing(list: string, uidl: string, announced = 'UIDL'): Script {
  return [
    ...loggedIn,
    expect('CAPA'),
    send(`+OK\r\n${announced}\r\nEXPIRE 0\r\n.\r\n`),
    expect('LIST'),
    send(list),
    expect('UIDL'),
    send(uidl),
  ];
}

test('a maildrop is listed, with the capabilities of a session that is logged in', async () => {
  const script = listing('+OK\r\n1 100\r\n2 200\r\n.\r\n', '+OK\r\n1 a\r\n2 b\r\n.\r\n');
  await withClient(script, async (client) => {
    await logIn(client);
    const { scan, uidls, capabilities } = await client.list(10);
    assert.deepEqual(scan, [
      { number: 1, octets: 100 },
      { number: 2, octets: 200 },
    ]);
    assert.deepEqual(uidls, [
      { number: 1, uidl: 'a' },
      { number: 2, uidl: 'b' },
    ]);
    assert.equal(capabilities.expire, '0');
    assert.ok(capabilities.hasUidl);
  });
});

test('blanks and words that a server adds to its lists do no harm', async () => {
  const script = listing(
    '+OK 2 messages\r\n 1   100 octets\r\n2\t200\r\n.\r\n',
    '+OK\r\n1    a\r\n  2 b  \r\n.\r\n',
  );
  await withClient(script, async (client) => {
    await logIn(client);
    const { scan, uidls } = await client.list(10);
    assert.deepEqual(
      scan.map((entry) => entry.octets),
      [100, 200],
    );
    assert.deepEqual(
      uidls?.map((entry) => entry.uidl),
      ['a', 'b'],
    );
  });
});

test('a server without UIDL is taken as it is', async () => {
  const script = listing('+OK\r\n1 100\r\n.\r\n', '-ERR what?\r\n', 'TOP');
  await withClient(script, async (client) => {
    await logIn(client);
    const { uidls, capabilities } = await client.list(10);
    assert.equal(uidls, undefined);
    assert.ok(!capabilities.hasUidl);
  });
});

const badLists: readonly [name: string, list: string, uidl: string, code: string][] = [
  ['a LIST line without a size', '+OK\r\n1\r\n.\r\n', '+OK\r\n.\r\n', 'UPSTREAM_PROTOCOL'],
  ['a LIST line of words', '+OK\r\none two\r\n.\r\n', '+OK\r\n.\r\n', 'UPSTREAM_PROTOCOL'],
  ['a UIDL line without a name', '+OK\r\n1 1\r\n.\r\n', '+OK\r\n1\r\n.\r\n', 'UPSTREAM_PROTOCOL'],
  [
    'a refused UIDL that was announced',
    '+OK\r\n1 1\r\n.\r\n',
    '-ERR no\r\n',
    'UPSTREAM_REFUSED_LIST',
  ],
  ['a refused LIST', '-ERR [IN-USE] no\r\n', '+OK\r\n.\r\n', 'UPSTREAM_REFUSED_LIST'],
];

for (const [name, list, uidl, code] of badLists) {
  test(`${name} is an error, and the session is over`, async () => {
    // A LIST that cannot be read ends the session before UIDL is asked for.
    const asked = /LIST line/.test(name) ? listing(list, uidl).slice(0, -2) : listing(list, uidl);
    await withClient([...asked, expectEnd()], async (client) => {
      await logIn(client);
      await assert.rejects(client.list(10), { code });
      assert.ok(!client.isOpen);
    });
  });
}

test('a maildrop of more messages than are allowed is an error', async () => {
  const script = [
    ...loggedIn,
    expect('CAPA'),
    send('-ERR\r\n'),
    expect('LIST'),
    send('+OK\r\n1 1\r\n2 2\r\n3 3\r\n'),
    expectEnd(),
  ];
  await withClient(script, async (client) => {
    await logIn(client);
    await assert.rejects(client.list(2), { code: 'UPSTREAM_PROTOCOL' });
  });
});

test('where the upstream pipelines, the three lists are asked for at once', async () => {
  const script: Script = [
    send('+OK\r\n'),
    expect('CAPA'),
    send('+OK\r\nPIPELINING\r\nSASL PLAIN\r\n.\r\n'),
    expect(/^AUTH PLAIN /),
    send('+OK\r\n'),
    expect('CAPA'),
    expect('LIST'),
    expect('UIDL'),
    send('+OK\r\nPIPELINING\r\n.\r\n+OK\r\n1 5\r\n.\r\n+OK\r\n1 a\r\n.\r\n'),
    expect('DELE 1'),
    expect('DELE 2'),
    expect('QUIT'),
    send('+OK\r\n+OK\r\n+OK\r\n'),
    expectEnd(),
  ];
  await withClient(script, async (client) => {
    await logIn(client);
    assert.equal((await client.list(10)).scan.length, 1);
    assert.deepEqual(await client.update([1, 2]), []);
  });
});

test('a message is given to the sink without stuffing and terminator', async () => {
  const wire = '+OK 20 octets\r\nSubject: a\r\n\r\n..\r\n..b\r\n.\r\n';
  for (const inChunksOf of [1, 2, 5, 1000]) {
    const script = [...loggedIn, expect('RETR 7'), send(wire, { inChunksOf }), expectEnd()];
    await withClient(script, async (client) => {
      await logIn(client);
      const sink = new CollectingSink();
      await client.retrieve(7, sink, undefined);
      assert.equal(sink.text, 'Subject: a\r\n\r\n.\r\n.b\r\n');
    });
  }
});

test('a part of a message is asked for by TOP', async () => {
  const answer = send('+OK\r\nSubject: a\r\n\r\n.\r\n');
  await withClient([...loggedIn, expect('TOP 7 0'), answer, expectEnd()], async (client) => {
    await logIn(client);
    const sink = new CollectingSink();
    await client.retrieve(7, sink, 0);
    assert.equal(sink.text, 'Subject: a\r\n\r\n');
  });
});

test('a message that the server refuses leaves the session open', async () => {
  const script = [
    ...loggedIn,
    expect('RETR 7'),
    send('-ERR [SYS/PERM] broken\r\n'),
    expect('RETR 8'),
    send('+OK\r\n.\r\n'),
    expectEnd(),
  ];
  await withClient(script, async (client) => {
    await logIn(client);
    const sink = new CollectingSink();
    await assert.rejects(client.retrieve(7, sink, undefined), {
      code: 'UPSTREAM_REFUSED_MESSAGE',
      responseCode: 'SYS/PERM',
    });
    assert.equal(sink.octets, 0);
    await client.retrieve(8, sink, undefined);
  });
});

test('a message cut off at any octet, by an end or by a reset, is never complete', async () => {
  const wire = '+OK\r\na\r\n..\r\nb\r\n.\r\n';
  for (let octets = 0; octets < wire.length; octets += 1) {
    for (const leave of [close(), reset()]) {
      const script = [...loggedIn, expect('RETR 1'), send(wire.slice(0, octets)), leave];
      await withClient(script, async (client) => {
        await logIn(client);
        const sink = new CollectingSink();
        await assert.rejects(client.retrieve(1, sink, undefined), { code: 'UPSTREAM_LOST' });
      });
    }
  }
});

test('an update deletes, quits, and tells which messages the server kept', async () => {
  const script = [
    ...loggedIn,
    expect('DELE 3'),
    send('+OK\r\n'),
    expect('DELE 5'),
    send('-ERR no such message\r\n'),
    expect('DELE 9'),
    send('+OK\r\n'),
    expect('QUIT'),
    send('+OK bye\r\n'),
    close(),
  ];
  await withClient(script, async (client) => {
    await logIn(client);
    assert.deepEqual(await client.update([3, 5, 9]), [5]);
    assert.ok(!client.isOpen);
  });
});

const failedUpdates: readonly [name: string, script: Script, code: string][] = [
  [
    'a QUIT answered by -ERR',
    [expect('DELE 1'), send('+OK\r\n'), expect('QUIT'), send('-ERR not removed\r\n'), close()],
    'UPSTREAM_REFUSED_UPDATE',
  ],
  [
    'a QUIT that is not answered',
    [expect('DELE 1'), send('+OK\r\n'), expect('QUIT'), close()],
    'UPSTREAM_LOST',
  ],
  [
    'a QUIT answered by half a reply',
    [expect('DELE 1'), send('+OK\r\n'), expect('QUIT'), send('+OK'), close()],
    'UPSTREAM_LOST',
  ],
  ['a connection lost at DELE', [expect('DELE 1'), close()], 'UPSTREAM_LOST'],
  [
    'a forged reply to DELE',
    [expect('DELE 1'), send('+OKAY\r\n'), expectEnd()],
    'UPSTREAM_PROTOCOL',
  ],
];

for (const [name, script, code] of failedUpdates) {
  test(`${name} is no update`, async () => {
    await withClient([...loggedIn, ...script], async (client) => {
      await logIn(client);
      await assert.rejects(client.update([1]), { code });
    });
  });
}

test('a session that is closed gets no QUIT', async () => {
  await withClient([...loggedIn, expectEnd()], async (client) => {
    await logIn(client);
    client.close();
    assert.ok(!client.isOpen);
    await assert.rejects(client.update([1]), { code: 'UPSTREAM_CLOSED' });
  });
});
