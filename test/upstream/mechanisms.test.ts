import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { AppError, explain } from '../../src/base/errors.ts';
import { oauthBearerLogin, xoauth2Login } from '../../src/upstream/mechanisms/bearer.ts';
import { apopLogin, cramMd5Login, findTimestamp } from '../../src/upstream/mechanisms/digest.ts';
import { loginLogin, plainLogin, userLogin } from '../../src/upstream/mechanisms/password.ts';
import { scramLogin } from '../../src/upstream/mechanisms/scram.ts';
import type { Dialog } from '../../src/upstream/step.ts';
import {
  base64,
  challenge,
  credentialsOf,
  failureOf,
  ok,
  play,
  playForever,
  rawChallenge,
  refusal,
  said,
  type Turn,
} from './dialog-script.ts';
import { scramVectors } from './scram-vectors.ts';

interface Conversation {
  readonly name: string;
  readonly secrets: readonly string[];
  login(): Dialog<void>;
  /** With a server that does all as it should. */
  readonly turns: readonly Turn[];
}

const bob = credentialsOf('bob', 'two words ');
const bobSecrets = ['two words', base64('two words '), base64('\0bob\0two words ')];
const token = credentialsOf('bob@example.net', 'ya29.token');
const server = { host: 'pop.example.net', port: 995 };
const xoauth2 = 'user=bob@example.net\x01auth=Bearer ya29.token\x01\x01';
const oauthBearer =
  'n,a=bob@example.net,\x01host=pop.example.net\x01port=995\x01auth=Bearer ya29.token\x01\x01';
const tokenSecrets = ['ya29.token', base64(xoauth2), base64(oauthBearer)];
const rfc2195 = '<1896.697170952@postoffice.reston.mci.net>';
const rfc1939 = '<1896.697170952@dbc.mtview.ca.us>';

const conversations: readonly Conversation[] = [
  ...scramVectors.map(
    (vector): Conversation => ({
      name: vector.mechanism,
      secrets: ['pencil', base64(vector.clientFinal), vector.clientFinal],
      login: () => scramLogin(vector.hash, credentialsOf('user', 'pencil'), vector.nonce),
      turns: [
        [`AUTH ${vector.mechanism} ${base64(vector.clientFirst)}`, challenge(vector.serverFirst)],
        [base64(vector.clientFinal), challenge(vector.serverFinal)],
        ['', ok],
      ],
    }),
  ),
  {
    name: 'CRAM-MD5',
    secrets: ['tanstaaftanstaaf', 'b913a602c7eda7a495b4e6e7334d3890'],
    login: () => cramMd5Login(credentialsOf('tim', 'tanstaaftanstaaf')),
    turns: [
      ['AUTH CRAM-MD5', challenge(rfc2195)],
      [base64('tim b913a602c7eda7a495b4e6e7334d3890'), ok],
    ],
  },
  {
    name: 'APOP',
    secrets: ['tanstaaf', 'c4c9334bac560ecc979e58001b3e22fb'],
    login: () => apopLogin(credentialsOf('mrose', 'tanstaaf'), rfc1939),
    turns: [['APOP mrose c4c9334bac560ecc979e58001b3e22fb', ok]],
  },
  {
    name: 'PLAIN',
    secrets: bobSecrets,
    login: () => plainLogin(bob),
    turns: [[`AUTH PLAIN ${base64('\0bob\0two words ')}`, ok]],
  },
  {
    name: 'LOGIN',
    secrets: bobSecrets,
    login: () => loginLogin(bob),
    turns: [
      ['AUTH LOGIN', challenge('Username:')],
      [base64('bob'), challenge('Password:')],
      [base64('two words '), ok],
    ],
  },
  {
    name: 'USER and PASS',
    secrets: bobSecrets,
    login: () => userLogin(bob, { hasPipelining: false }),
    turns: [
      ['USER bob', ok],
      ['PASS two words ', ok],
    ],
  },
  {
    name: 'XOAUTH2',
    secrets: tokenSecrets,
    login: () => xoauth2Login(token),
    turns: [
      ['AUTH XOAUTH2', challenge()],
      [base64(xoauth2), ok],
    ],
  },
  {
    name: 'OAUTHBEARER',
    secrets: tokenSecrets,
    login: () => oauthBearerLogin(token, server),
    turns: [
      ['AUTH OAUTHBEARER', challenge()],
      [base64(oauthBearer), ok],
    ],
  },
];

/** The conversation up to a turn, which is answered in another way. */
function* deviations(
  { turns }: Conversation,
  answer: Turn[1],
  wanted: (proper: Turn[1]) => boolean,
): Iterable<Turn[]> {
  for (const [index, [sent, proper]] of turns.entries()) {
    if (wanted(proper)) yield [...turns.slice(0, index), [sent, answer]];
  }
}

for (const conversation of conversations) {
  const { name, login, turns, secrets } = conversation;

  test(`${name} logs in`, () => {
    play(login(), turns);
  });

  test(`${name}: a -ERR at any moment is a refusal, in the words of the server`, () => {
    for (const cut of deviations(conversation, said('-ERR [IN-USE] locked'), () => true)) {
      assert.throws(() => play(login(), cut), {
        code: 'UPSTREAM_LOGIN_REFUSED',
        responseCode: 'IN-USE',
        clientText: 'locked',
      });
    }
  });

  test(`${name}: +OK where a challenge is due is no login`, () => {
    const isChallenge = (proper: Turn[1]) => proper.isChallenge;
    for (const cut of deviations(conversation, ok, isChallenge)) {
      assert.throws(() => play(login(), cut), { code: 'UPSTREAM_PROTOCOL' });
    }
  });

  test(`${name}: challenges that never end are left`, () => {
    for (const text of ['', 'again', 'r=x,s=AAAA,i=4096', '{"status":"401"}']) {
      assert.ok(playForever(login(), challenge(text)) <= 4, text);
    }
  });

  test(`${name}: no error shows what was sent`, () => {
    const echo = secrets.join(' ').slice(0, 400);
    const refused = said(`-ERR ${echo}`);
    for (const answer of [refused, challenge(echo), rawChallenge(echo), challenge('e=x')]) {
      for (const [index] of turns.entries()) {
        const proper = turns.slice(0, index).map(([, each]) => each);
        const error = failureOf(login(), [...proper, answer], refused);
        const shown = [
          inspect(error, { showHidden: true, depth: 20 }),
          JSON.stringify(error),
          explain(error),
        ].join('\n');
        for (const secret of secrets) assert.ok(!shown.includes(secret), shown);
      }
    }
  });
}

for (const { mechanism, hash, nonce, clientFirst, serverFirst, ...vector } of scramVectors) {
  const login = () => scramLogin(hash, credentialsOf('user', 'pencil'), nonce);
  const opening: Turn = [`AUTH ${mechanism} ${base64(clientFirst)}`, challenge(serverFirst)];
  const proof = base64(vector.clientFinal);

  test(`${mechanism}: a server that does not prove itself is not answered again`, () => {
    for (const final of ['v=AAAA', 'v=', '', vector.serverFinal.replace(/.=$/, 'A=')]) {
      assert.throws(() => play(login(), [opening, [proof, challenge(final)]]), {
        code: 'UPSTREAM_PROTOCOL',
        message: /no proof that it knows the password/,
      });
    }
  });

  test(`${mechanism}: the proof is not sent to a server that chooses the nonce or few iterations`, () => {
    for (const first of [
      serverFirst.replace(/^r=./, 'r=X'),
      serverFirst.replace(/^r=[^,]+/, `r=${nonce}`),
      serverFirst.replace('i=4096', 'i=1'),
      serverFirst.replace('i=4096', 'i=2000000'),
      '',
    ]) {
      assert.throws(() => play(login(), [[opening[0], challenge(first)]]), {
        code: 'UPSTREAM_PROTOCOL',
      });
    }
  });

  test(`${mechanism}: an error that the server names is a refusal`, () => {
    const turns: Turn[] = [opening, [proof, challenge('e=invalid-proof')]];
    assert.throws(() => play(login(), [...turns, ['', refusal]]), {
      code: 'UPSTREAM_LOGIN_REFUSED',
      responseCode: 'AUTH',
    });
    assert.throws(() => play(login(), [...turns, ['', ok]]), { code: 'UPSTREAM_PROTOCOL' });
  });

  test(`${mechanism}: a long user name waits for the invitation`, () => {
    const user = 'u'.repeat(250);
    const first = base64(`n,,n=${user},r=${nonce}`);
    const dialog = scramLogin(hash, credentialsOf(user, 'pencil'), nonce);
    assert.throws(
      () =>
        play(dialog, [
          [`AUTH ${mechanism}`, challenge()],
          [first, refusal],
        ]),
      { code: 'UPSTREAM_LOGIN_REFUSED' },
    );
  });
}

test('LOGIN takes challenges of any text, base64 or not', () => {
  for (const text of ['', 'User Name\0', 'Anmeldename', '***']) {
    for (const make of [challenge, rawChallenge]) {
      play(loginLogin(bob), [
        ['AUTH LOGIN', make(text)],
        [base64('bob'), make(text)],
        [base64('two words '), ok],
      ]);
    }
  }
});

test('LOGIN sends an empty password as an empty line', () => {
  play(loginLogin(credentialsOf('bob', '')), [
    ['AUTH LOGIN', challenge('Username:')],
    [base64('bob'), challenge('Password:')],
    ['', ok],
  ]);
});

test('CRAM-MD5 proves nothing for a challenge that is empty or not base64', () => {
  for (const answer of [challenge(), rawChallenge('<1@x>'), rawChallenge('AAA')]) {
    assert.throws(() => play(cramMd5Login(bob), [['AUTH CRAM-MD5', answer]]), {
      code: 'UPSTREAM_PROTOCOL',
    });
  }
});

const failures: readonly [status: number | undefined, challenge: string][] = [
  [401, '{"status":"401","schemes":"bearer","scope":"https://mail.example.net/"}'],
  [400, '{"scope":"x", "status" : 400}'],
  [undefined, '{"status":"invalid_token","scope":"example_scope"}'],
  [undefined, '{"status":"40123"}'],
  [undefined, 'not JSON at all'],
  [undefined, ''],
];

for (const [status, text] of failures) {
  test(`a token that is refused by ${text === '' ? 'an empty challenge' : text} ends with [AUTH]`, () => {
    const logins: readonly [login: () => Dialog<void>, name: string, sent: string, ack: string][] =
      [
        [() => xoauth2Login(token), 'XOAUTH2', xoauth2, ''],
        [() => oauthBearerLogin(token, server), 'OAUTHBEARER', oauthBearer, 'AQ=='],
      ];
    for (const [login, name, sent, ack] of logins) {
      const turns: Turn[] = [
        [`AUTH ${name}`, challenge()],
        [base64(sent), challenge(text)],
      ];
      assert.throws(
        () => play(login(), [...turns, [ack, said('-ERR expired')]]),
        (error) => {
          assert.ok(error instanceof AppError);
          assert.equal(error.code, 'UPSTREAM_LOGIN_REFUSED');
          assert.equal(error.responseCode, 'AUTH');
          assert.equal(error.clientText, 'expired');
          assert.equal(error.details['status'], status);
          assert.doesNotMatch(inspect(error, { showHidden: true }), /schemes|scope|invalid_token/);
          return true;
        },
      );
      assert.throws(() => play(login(), [...turns, [ack, said('-ERR [SYS/TEMP] busy')]]), {
        responseCode: 'SYS/TEMP',
      });
      assert.throws(() => play(login(), [...turns, [ack, ok]]), { code: 'UPSTREAM_PROTOCOL' });
    }
  });
}

test('a -ERR without a challenge before it keeps the code it has: it may be no fault of the token', () => {
  const turns: Turn[] = [
    ['AUTH XOAUTH2', challenge()],
    [base64(xoauth2), said('-ERR Server Unavailable. 21')],
  ];
  assert.throws(() => play(xoauth2Login(token), turns), {
    code: 'UPSTREAM_LOGIN_REFUSED',
    responseCode: undefined,
  });
});

test('OAUTHBEARER escapes the user name and names no server that is not known', () => {
  const sent = 'n,a=a=3Db=2Cc,\x01auth=Bearer t\x01\x01';
  play(oauthBearerLogin(credentialsOf('a=b,c', 't'), undefined), [
    ['AUTH OAUTHBEARER', challenge()],
    [base64(sent), ok],
  ]);
});

const timestamps: readonly [greeting: string, timestamp: string | undefined][] = [
  [`POP3 server ready ${rfc1939}`, rfc1939],
  ['<1.2@x>', '<1.2@x>'],
  ['ready <a.b+c=d@[192.0.2.1]> and more', '<a.b+c=d@[192.0.2.1]>'],
  ['ready', undefined],
  ['ready <>', undefined],
  ['ready <no-at-sign>', undefined],
  ['ready <a@>', undefined],
  ['ready <@b>', undefined],
  ['ready <a@b', undefined],
  ['ready <a@b@c>', undefined],
  ['ready <a b@c>', undefined],
  ['ready <a\tb@c>', undefined],
  ['ready <a\xe9@c>', undefined],
  ['ready <a\x80\x00@c>', undefined],
  ['ready <<a@b>', undefined],
  // What is no time stamp is not passed over: the server would take it for one.
  ['ready <\xff@x> <1.2@x>', undefined],
  [`ready <${'a'.repeat(129)}@x>`, undefined],
];

for (const [greeting, timestamp] of timestamps) {
  test(`the time stamp in ${inspect(greeting.slice(0, 60))} is ${timestamp ?? 'none'}`, () => {
    assert.equal(findTimestamp(greeting), timestamp);
  });
}
