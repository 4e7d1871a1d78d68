// Logins to an upstream that is known: what is left out, what leaves together, and what is asked again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import type { UpstreamClient } from '../../src/upstream/client.ts';
import { KnownUpstream } from '../../src/upstream/known-upstreams.ts';
import {
  close,
  expect,
  expectEnd,
  perform,
  type Script,
  secure,
  send,
  startScriptedUpstream,
} from '../helpers/scripted-upstream.ts';
import {
  certificates,
  credentials,
  never,
  openClient,
  password,
  plainResponse,
  type TargetChanges,
} from './target.ts';

const hello = send('+OK\r\n');
const ok = send('+OK\r\n');

function capa(...lines: string[]): Script {
  return [expect('CAPA'), send(`+OK\r\n${lines.map((line) => `${line}\r\n`).join('')}.\r\n`)];
}

const plain: Script = [expect(`AUTH PLAIN ${plainResponse}`), ok];
const lists: Script = [
  expect('LIST'),
  expect('UIDL'),
  send('+OK\r\n1 5\r\n.\r\n+OK\r\n1 a\r\n.\r\n'),
];

const listsInTurn: Script = [
  expect('LIST'),
  send('+OK\r\n1 5\r\n.\r\n'),
  expect('UIDL'),
  send('+OK\r\n1 a\r\n.\r\n'),
];

/** One session after the other, each with its script; what each `use` gives. */
async function sessions(
  scripts: readonly Script[],
  use: (client: UpstreamClient, index: number) => Promise<void>,
  changes: TargetChanges = {},
): Promise<void> {
  const known = new KnownUpstream(systemClock);
  await using upstream = await startScriptedUpstream((index) => scripts[index] ?? []);
  for (const index of scripts.keys()) {
    const client = await openClient(upstream.port, changes, never, known);
    try {
      await use(client, index);
    } finally {
      client.close();
    }
  }
  await upstream.done();
}

async function listed(client: UpstreamClient): Promise<void> {
  await client.logIn(credentials);
  const { scan, uidls, capabilities } = await client.list(10);
  assert.deepEqual(scan, [{ number: 1, octets: 5 }]);
  assert.deepEqual(uidls, [{ number: 1, uidl: 'a' }]);
  assert.ok(capabilities.hasUidl);
  assert.ok(client.hasTop);
}

const before = ['PIPELINING', 'SASL PLAIN'];
const after = ['PIPELINING', 'UIDL', 'TOP'];

test('a second login asks for no CAPA, and for both lists in one segment', async () => {
  await sessions(
    [
      [hello, ...capa(...before), ...plain, ...capa(...after), ...lists, expectEnd()],
      [
        hello,
        ...plain,
        expect('LIST'),
        perform('both have come', ({ received }) => assert.match(received, /UIDL\r\n$/)),
        ...lists.slice(1),
        expectEnd(),
      ],
    ],
    listed,
  );
});

test('what a server offers after login only is never used before it', async () => {
  const user: Script = [
    expect('USER bob'),
    perform('PASS waits', ({ received }) => assert.doesNotMatch(received, /PASS/)),
    ok,
    expect(`PASS ${password}`),
    ok,
  ];
  await sessions(
    [
      [
        hello,
        ...capa('USER'),
        ...user,
        ...capa(...after, 'SASL PLAIN'),
        ...listsInTurn,
        expectEnd(),
      ],
      [hello, ...user, ...lists, expectEnd()],
    ],
    listed,
  );
});

test('a value of each user is asked for at each login', async () => {
  const told: (string | undefined)[] = [];
  const session = (value: string): Script => [
    ...plain,
    ...capa(...after, `LOGIN-DELAY ${value}`),
    ...lists,
    expectEnd(),
  ];
  await sessions(
    [
      [hello, ...capa(...before, 'LOGIN-DELAY 60 USER'), ...session('900')],
      [hello, ...session('60')],
    ],
    async (client) => {
      await client.logIn(credentials);
      told.push((await client.list(10)).capabilities.loginDelay);
    },
  );
  assert.deepEqual(told, ['900', '60']);
});

test('EXPIRE from before the login counts where nothing is said of it afterwards', async () => {
  const expires: (string | undefined)[] = [];
  const silent: readonly Script[] = [
    capa('PIPELINING', 'UIDL'),
    [expect('CAPA'), send('-ERR\r\n')],
  ];
  for (const said of [...silent, capa('PIPELINING', 'UIDL', 'EXPIRE 7')]) {
    const isRefused = said === silent[1];
    await sessions(
      [
        [
          hello,
          ...capa(...before, 'EXPIRE 0'),
          ...plain,
          // The lists are asked for before it is known that CAPA is refused.
          ...said,
          ...lists,
          expectEnd(),
        ],
      ],
      async (client) => {
        await client.logIn(credentials);
        const { capabilities } = await client.list(10);
        expires.push(capabilities.expire);
        assert.equal(capabilities.hasPipelining, !isRefused);
      },
    );
  }
  assert.deepEqual(expires, ['0', '0', '7']);
});

const refusals: readonly [reply: string, isForgotten: boolean][] = [
  ['-ERR what?', true],
  ['-ERR [SYS/TEMP] not now', true],
  ['-ERR [AUTH] wrong', false],
  ['-ERR [IN-USE] locked', false],
  ['-ERR [LOGIN-DELAY] too soon', false],
];

for (const [reply, isForgotten] of refusals) {
  const what = isForgotten ? 'everything is asked again' : 'the upstream stays known';
  test(`after ${reply} to a login ${what}, and no password is sent twice`, async () => {
    await sessions(
      [
        [hello, ...capa(...before), ...plain, ...capa(...after), ...lists, expectEnd()],
        [hello, expect(`AUTH PLAIN ${plainResponse}`), send(`${reply}\r\n`), expectEnd()],
        isForgotten
          ? [hello, ...capa(...before), ...plain, ...capa(...after), ...lists, expectEnd()]
          : [hello, ...plain, ...lists, expectEnd()],
      ],
      async (client, index) => {
        if (index !== 1) return listed(client);
        await assert.rejects(client.logIn(credentials), { code: 'UPSTREAM_LOGIN_REFUSED' });
      },
    );
  });
}

test('an upstream that is lost, or lists what cannot be read, is asked again', async () => {
  const known: Script = [hello, ...plain];
  const anew: Script = [hello, ...capa(...before), ...plain, ...capa(...after), ...lists];
  await sessions(
    [
      [...anew, expectEnd()],
      [...known, expect('LIST'), expect('UIDL'), close()],
      [...anew, expectEnd()],
      [...known, expect('LIST'), expect('UIDL'), send('+OK\r\none\r\n'), expectEnd()],
      [...anew, expectEnd()],
    ],
    async (client, index) => {
      if (index % 2 === 0) return listed(client);
      await client.logIn(credentials);
      await assert.rejects(client.list(10));
    },
  );
});

test('STLS is asked for anew each time, and what is known counts behind it only', async () => {
  const starts: Script = [
    hello,
    ...capa('STLS', 'USER'),
    expect('STLS'),
    ok,
    secure(certificates.server),
  ];
  await sessions(
    [
      [...starts, ...capa(...before), ...plain, ...capa(...after), ...lists, expectEnd()],
      [...starts, ...plain, ...lists, expectEnd()],
    ],
    listed,
    { tls: 'stls' },
  );
});

test('a known upstream that no longer offers STLS gets no password', async () => {
  const known = new KnownUpstream(systemClock);
  await using upstream = await startScriptedUpstream((index) =>
    index === 0
      ? [
          hello,
          ...capa('STLS'),
          expect('STLS'),
          ok,
          secure(certificates.server),
          ...capa(...before),
          ...plain,
          ...capa(...after),
          ...lists,
          expectEnd(),
        ]
      : [hello, ...capa(...before), expectEnd()],
  );
  const client = await openClient(upstream.port, { tls: 'stls' }, never, known);
  await listed(client);
  client.close();
  await assert.rejects(openClient(upstream.port, { tls: 'stls' }, never, known), {
    code: 'UPSTREAM_NO_STLS',
  });
  assert.equal(known.beforeLogin, undefined);
  await upstream.done();
});

/** USER and PASS have come together, and nothing else. */
const together: Script = [
  expect('USER bob'),
  perform('both have come', ({ received }) =>
    assert.ok(received.endsWith(`USER bob\r\nPASS ${password}\r\n`)),
  ),
  expect(`PASS ${password}`),
];

test('where the server pipelines USER and PASS leave in one segment, over any chunking', async () => {
  for (const inChunksOf of [1, 2, 3, 4, 5, 7, 1000]) {
    await sessions(
      [
        [
          hello,
          ...capa('USER', 'PIPELINING'),
          ...together,
          send('+OK give it\r\n+OK you are in\r\n', { inChunksOf }),
          ...capa(...after),
          ...lists,
          expectEnd(),
        ],
      ],
      listed,
    );
  }
});

const refusedTogether: readonly [name: string, answers: Script][] = [
  ['both are refused', [send('-ERR [AUTH] nobody\r\n-ERR [SYS/PERM] what?\r\n')]],
  ['USER is refused and PASS taken', [send('-ERR [AUTH] nobody\r\n+OK you are in\r\n')]],
  ['USER is refused and the server leaves', [send('-ERR [AUTH] nobody\r\n'), close()]],
  ['PASS is refused', [send('+OK\r\n-ERR [AUTH] nobody\r\n')]],
];

for (const [name, answers] of refusedTogether) {
  test(`of USER and PASS together ${name}: the first refusal counts`, async () => {
    await sessions(
      [[hello, ...capa('USER', 'PIPELINING'), ...together, ...answers, expectEnd()]],
      async (client) => {
        await assert.rejects(client.logIn(credentials), {
          code: 'UPSTREAM_LOGIN_REFUSED',
          responseCode: 'AUTH',
          clientText: 'nobody',
        });
        assert.ok(!client.isOpen);
      },
    );
  });
}

test('three answers to USER and PASS are a violation before anything else is asked', async () => {
  await sessions(
    [
      [
        hello,
        ...capa('USER', 'PIPELINING'),
        ...together,
        send('+OK\r\n+OK\r\n+OK\r\n'),
        expectEnd(),
      ],
    ],
    async (client) => {
      await client.logIn(credentials).catch(() => {});
      await assert.rejects(client.list(10), { code: 'UPSTREAM_PROTOCOL' });
    },
  );
});

test('where no password may be shown, USER and PASS are not sent, pipelining or not', async () => {
  await sessions(
    [[hello, ...capa('USER', 'PIPELINING'), expectEnd()]],
    (client) => assert.rejects(client.logIn(credentials), { code: 'UPSTREAM_NOT_ENCRYPTED' }),
    { allowPlaintextLogin: false },
  );
});

test('marks and QUIT leave together where the server pipelines, else one after the other', async () => {
  for (const hasPipelining of [true, false]) {
    const can = hasPipelining ? ['PIPELINING'] : [];
    const listing = hasPipelining ? lists : listsInTurn;
    const update: Script = hasPipelining
      ? [
          expect('DELE 1'),
          perform('all has come', ({ received }) =>
            assert.ok(received.endsWith('DELE 1\r\nDELE 2\r\nQUIT\r\n')),
          ),
          expect('DELE 2'),
          expect('QUIT'),
          send('+OK\r\n-ERR locked\r\n+OK bye\r\n', { inChunksOf: 1 }),
        ]
      : [expect('DELE 1'), ok, expect('DELE 2'), send('-ERR locked\r\n'), expect('QUIT'), ok];
    await sessions(
      [
        [
          hello,
          ...capa('SASL PLAIN', ...can),
          ...plain,
          ...capa('UIDL', ...can),
          ...listing,
          ...update,
          expectEnd(),
        ],
      ],
      async (client) => {
        await client.logIn(credentials);
        await client.list(10);
        assert.deepEqual(await client.update([1, 2]), [2]);
      },
    );
  }
});

test('until the maildrop is listed the client can be lost; then its update goes on', async () => {
  const gone = new Error('the client is gone');
  for (const isListed of [false, true]) {
    const update = isListed ? [...capa(...after), ...lists, expect('QUIT'), ok] : [];
    await using upstream = await startScriptedUpstream([
      hello,
      ...capa(...before),
      ...plain,
      ...update,
      expectEnd(),
    ]);
    const client = new AbortController();
    const opened = await openClient(upstream.port, {}, client.signal);
    await opened.logIn(credentials);
    if (isListed) await opened.list(10);
    client.abort(gone);
    assert.equal(opened.isOpen, isListed);
    if (isListed) assert.deepEqual(await opened.update([]), []);
    else await assert.rejects(opened.list(10), gone);
    await upstream.done();
  }
});

test('a client that is lost during its login is no reason to ask again', async () => {
  const known = new KnownUpstream(systemClock);
  await using upstream = await startScriptedUpstream([
    hello,
    ...capa(...before),
    expect(/^AUTH PLAIN/),
    expectEnd(),
  ]);
  const client = new AbortController();
  const opened = await openClient(upstream.port, {}, client.signal, known);
  const refused = assert.rejects(opened.logIn(credentials), { message: 'gone' });
  client.abort(new Error('gone'));
  await refused;
  assert.ok(known.beforeLogin);
  opened.close();
});
