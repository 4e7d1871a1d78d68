import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { type Credentials, Secret } from '../../src/base/secret.ts';
import { parseCapabilities, unknownCapabilities } from '../../src/pop3/capability.ts';
import { parseReply } from '../../src/pop3/reply.ts';
import { loginDialog, openDialog } from '../../src/upstream/dialog.ts';
import type { Answer, Dialog, DialogStep } from '../../src/upstream/step.ts';

/** What the dialog does, and the answer it gets. */
type Turn = readonly [step: string, answer: Answer];

function said(line: string, ...lines: string[]): Answer {
  return {
    reply: parseReply(Buffer.from(line, 'latin1')),
    lines: lines.map((each) => Buffer.from(each, 'latin1')),
    isChallenge: false,
  };
}

const challenged: Answer = {
  reply: { isOk: false, code: undefined, text: '' },
  lines: [],
  isChallenge: true,
};
const ok = said('+OK');
const noCapabilities = said('-ERR unknown command');

function describe(step: DialogStep): string {
  return 'line' in step ? step.line.toString('latin1').replace(/\r\n$/, '') : step.kind;
}

/** Plays the dialog against the turns; all of them have to be taken. */
function play<Result>(dialog: Dialog<Result>, turns: readonly Turn[]): Result {
  let step = dialog.next();
  for (const [expected, answer] of turns) {
    assert.ok(!step.done, `ended before ${expected}`);
    assert.equal(describe(step.value), expected);
    step = dialog.next(answer);
  }
  assert.ok(step.done, `not ended: ${step.done ? '' : describe(step.value)}`);
  return step.value;
}

test('without STLS the session opens with the greeting and CAPA', () => {
  for (const tls of ['none', 'implicit'] as const) {
    const capabilities = play(openDialog({ tls }), [
      ['awaitGreeting', ok],
      ['CAPA', said('+OK', 'STLS', 'SASL PLAIN')],
    ]);
    assert.deepEqual(capabilities.saslMechanisms, ['PLAIN']);
  }
});

test('a server without CAPA has the commands of RFC 1939', () => {
  const capabilities = play(openDialog({ tls: 'implicit' }), [
    ['awaitGreeting', ok],
    ['CAPA', noCapabilities],
  ]);
  assert.deepEqual(capabilities, unknownCapabilities);
});

test('with STLS the capabilities from before the handshake are forgotten', () => {
  const capabilities = play(openDialog({ tls: 'stls' }), [
    ['awaitGreeting', ok],
    ['CAPA', said('+OK', 'STLS', 'PIPELINING', 'SASL PLAIN')],
    ['STLS', ok],
    ['startTls', ok],
    ['CAPA', said('+OK', 'USER')],
  ]);
  assert.deepEqual(capabilities, parseCapabilities([Buffer.from('USER')]));
});

const failedOpenings: readonly [name: string, code: string, turns: readonly Turn[]][] = [
  ['a greeting of -ERR', 'UPSTREAM_REFUSED_SESSION', [['awaitGreeting', said('-ERR busy')]]],
  [
    'STLS that is not offered',
    'UPSTREAM_NO_STLS',
    [
      ['awaitGreeting', ok],
      ['CAPA', said('+OK', 'USER')],
    ],
  ],
  [
    'STLS on a server without CAPA',
    'UPSTREAM_NO_STLS',
    [
      ['awaitGreeting', ok],
      ['CAPA', noCapabilities],
    ],
  ],
  [
    'STLS that is refused',
    'UPSTREAM_NO_STLS',
    [
      ['awaitGreeting', ok],
      ['CAPA', said('+OK', 'STLS')],
      ['STLS', said('-ERR not now')],
    ],
  ],
];

for (const [name, code, turns] of failedOpenings) {
  test(`${name} ends the session with ${code}`, () => {
    assert.throws(() => play(openDialog({ tls: 'stls' }), turns), { code, fault: 'upstream' });
  });
}

const bob: Credentials = { user: Buffer.from('bob'), password: Secret.fromText('two words ') };
const bobPlain = Buffer.from('\0bob\0two words ').toString('base64');
const withPlain = { ...unknownCapabilities, saslMechanisms: ['PLAIN'] };

/** Credentials whose AUTH PLAIN line has that many octets, CRLF included. */
function credentialsFor(lineOctets: number): Credentials {
  const messageOctets = ((lineOctets - 'AUTH PLAIN \r\n'.length) / 4) * 3;
  const user = 'u'.repeat(messageOctets - '\0\0pass'.length);
  return { user: Buffer.from(user), password: Secret.fromText('pass') };
}

test('auto takes AUTH PLAIN where it is offered, else USER and PASS', () => {
  play(loginDialog('auto', withPlain, bob), [[`AUTH PLAIN ${bobPlain}`, ok]]);
  play(loginDialog('auto', unknownCapabilities, bob), [
    ['USER bob', ok],
    ['PASS two words ', ok],
  ]);
});

test('the configuration can demand either method', () => {
  play(loginDialog('auth-plain', unknownCapabilities, bob), [[`AUTH PLAIN ${bobPlain}`, ok]]);
  play(loginDialog('user-pass', withPlain, bob), [
    ['USER bob', ok],
    ['PASS two words ', ok],
  ]);
});

test('user and password go out as the octets that came in', () => {
  const credentials = {
    user: Buffer.from('b\xf6b', 'latin1'),
    password: new Secret(Buffer.of(0xff)),
  };
  play(loginDialog('user-pass', unknownCapabilities, credentials), [
    ['USER b\xf6b', ok],
    ['PASS \xff', ok],
  ]);
});

test('a PLAIN response that would make the line longer than 255 octets waits for a challenge', () => {
  // 253 = 13 + 240, the longest that base64 allows; the next is 257.
  const longest = credentialsFor(253);
  let step = loginDialog('auth-plain', withPlain, longest).next();
  assert.ok(!step.done && 'line' in step.value);
  assert.equal(step.value.line.length, 253);
  const tooLong = credentialsFor(257);
  const message = Buffer.concat([Buffer.of(0), tooLong.user, Buffer.from('\0pass')]);
  const dialog = loginDialog('auth-plain', withPlain, tooLong);
  play(dialog, [
    ['AUTH PLAIN', challenged],
    [message.toString('base64'), ok],
  ]);
  step = dialog.next();
  assert.ok(step.done);
});

const long = credentialsFor(1013);
const failedLogins: readonly [
  name: string,
  code: string,
  method: 'auth-plain' | 'user-pass',
  credentials: Credentials,
  turns: readonly Turn[],
][] = [
  [
    'AUTH PLAIN answered by -ERR',
    'UPSTREAM_LOGIN_REFUSED',
    'auth-plain',
    bob,
    [[`AUTH PLAIN ${bobPlain}`, said('-ERR no')]],
  ],
  [
    'AUTH PLAIN with a response, answered by a challenge',
    'UPSTREAM_PROTOCOL',
    'auth-plain',
    bob,
    [[`AUTH PLAIN ${bobPlain}`, challenged]],
  ],
  [
    'AUTH PLAIN without a response, answered by +OK',
    'UPSTREAM_PROTOCOL',
    'auth-plain',
    long,
    [['AUTH PLAIN', ok]],
  ],
  [
    'AUTH PLAIN without a response, answered by -ERR',
    'UPSTREAM_LOGIN_REFUSED',
    'auth-plain',
    long,
    [['AUTH PLAIN', said('-ERR no')]],
  ],
  [
    'USER answered by -ERR, so that no PASS is sent',
    'UPSTREAM_LOGIN_REFUSED',
    'user-pass',
    bob,
    [['USER bob', said('-ERR who?')]],
  ],
  [
    'PASS answered by -ERR',
    'UPSTREAM_LOGIN_REFUSED',
    'user-pass',
    bob,
    [
      ['USER bob', ok],
      ['PASS two words ', said('-ERR [AUTH] no')],
    ],
  ],
];

for (const [name, code, method, credentials, turns] of failedLogins) {
  test(`${name}: ${code}`, () => {
    assert.throws(() => play(loginDialog(method, withPlain, credentials), turns), { code });
  });
}

test('a password that the upstream repeats is not in the error', () => {
  const turns: readonly Turn[] = [
    ['USER bob', ok],
    ['PASS two words ', said('-ERR "two words " is wrong')],
  ];
  assert.throws(
    () => play(loginDialog('user-pass', withPlain, bob), turns),
    (error) => !inspect(error, { showHidden: true, depth: 10 }).includes('two words'),
  );
});
