import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SessionScript } from './session-script.ts';

const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');

test('a client is greeted with the banner', () => {
  const script = new SessionScript({ banner: 'mail here' });
  assert.deepEqual(script.event({ kind: 'connected', admission: { kind: 'admitted' } }), [
    '+OK mail here',
  ]);
  assert.equal(script.session.state, 'AUTHORIZATION');
});

test('USER and PASS lead to a login, and the login to TRANSACTION', () => {
  const script = SessionScript.connected();
  assert.deepEqual(script.line('USER bob'), ['+OK send PASS']);
  assert.deepEqual(script.line('PASS two words '), ['<logIn bob two words >']);
  assert.equal(script.session.state, 'AUTHORIZATION');
  assert.deepEqual(script.logIn(), ['+OK maildrop has 3 messages (600 octets)']);
  assert.equal(script.session.state, 'TRANSACTION');
});

test('a refused login is told with its text and code, and may be tried again', () => {
  const script = SessionScript.connected();
  script.lines('USER bob', 'PASS a');
  assert.deepEqual(script.refuseLogin(), ['-ERR [AUTH] wrong password']);
  assert.deepEqual(script.line('PASS b'), ['-ERR USER comes first']);
  assert.deepEqual(script.lines('USER bob', 'PASS b'), ['+OK send PASS', '<logIn bob b>']);
});

test('the session ends after as many refused logins as are allowed', () => {
  const script = SessionScript.connected({ loginAttempts: 2 });
  script.lines('USER bob', 'PASS a');
  script.refuseLogin();
  assert.equal(script.session.state, 'AUTHORIZATION');
  script.lines('USER bob', 'PASS b');
  assert.deepEqual(script.refuseLogin(), [
    '-ERR [AUTH] wrong password',
    '<endSession too many failed logins>',
  ]);
  assert.equal(script.session.state, 'ENDED');
  assert.deepEqual(script.line('USER bob'), ['-ERR not allowed in ENDED state']);
});

test('AUTH PLAIN asks for a response and takes the next line as one', () => {
  const script = SessionScript.connected();
  assert.deepEqual(script.line('AUTH PLAIN'), ['+ ', '<expectSaslResponse>']);
  assert.deepEqual(script.line(base64('\0bob\0secret')), ['<logIn bob secret>']);
});

test('a line that looks like a command is no command while a response is awaited', () => {
  const script = SessionScript.connected();
  script.line('AUTH PLAIN');
  assert.deepEqual(script.line('QUIT'), ['-ERR this PLAIN response cannot be used']);
  assert.equal(script.session.state, 'AUTHORIZATION');
  assert.deepEqual(script.line('QUIT'), ['+OK bye', '<endSession QUIT before login>']);
});

test('AUTH LOGIN asks for the name, then for the password', () => {
  const script = SessionScript.connected();
  assert.deepEqual(script.line('AUTH LOGIN'), ['+ VXNlcm5hbWU6', '<expectSaslResponse>']);
  assert.deepEqual(script.line(base64('bob')), ['+ UGFzc3dvcmQ6', '<expectSaslResponse>']);
  assert.deepEqual(script.line(base64('secret')), ['<logIn bob secret>']);
});

test('a cancelled authentication leaves the session as it was', () => {
  const script = SessionScript.connected();
  script.line('AUTH LOGIN');
  assert.deepEqual(script.line('*'), ['-ERR authentication cancelled']);
  assert.deepEqual(script.lines('USER bob', 'PASS a'), ['+OK send PASS', '<logIn bob a>']);
});

test('AUTH without a mechanism lists those there are', () => {
  assert.deepEqual(SessionScript.connected().line('AUTH'), [
    '+OK mechanisms follow\r\nPLAIN\r\nLOGIN\r\n.',
  ]);
});

test('login commands are refused with the reason where they are not admitted', () => {
  const script = new SessionScript();
  script.event({ kind: 'connected', admission: { kind: 'loginDenied', text: 'use STLS first' } });
  for (const line of [
    'USER bob',
    'PASS a',
    'AUTH',
    'AUTH PLAIN',
    `AUTH PLAIN ${base64('\0a\0b')}`,
  ]) {
    assert.deepEqual(script.line(line), ['-ERR [AUTH] use STLS first'], line);
  }
  assert.doesNotMatch(script.line('CAPA').join(), /USER|SASL/);
});

test('STLS is answered before the handshake, and login is possible after it', () => {
  const script = new SessionScript();
  script.event({ kind: 'connected', admission: { kind: 'loginDenied', text: 'use STLS first' } });
  assert.deepEqual(script.line('STLS'), ['+OK begin TLS negotiation', '<startTls>']);
  assert.deepEqual(script.secure(), []);
  assert.deepEqual(script.lines('USER bob', 'PASS a'), ['+OK send PASS', '<logIn bob a>']);
});

test('a USER given before STLS is forgotten', () => {
  const script = SessionScript.connected();
  script.lines('USER bob', 'STLS');
  script.secure();
  assert.deepEqual(script.line('PASS secret'), ['-ERR USER comes first']);
});

test('an admission that ends with TLS is taken back', () => {
  const script = SessionScript.connected();
  script.line('STLS');
  script.event({ kind: 'tlsEstablished', admission: { kind: 'loginDenied', text: 'not you' } });
  assert.deepEqual(script.line('USER bob'), ['-ERR [AUTH] not you']);
});

test('STLS is refused where it is not offered, and under TLS', () => {
  const refusal = ['-ERR STLS is not available'];
  assert.deepEqual(SessionScript.connected({ offersStls: false }).line('STLS'), refusal);
  assert.deepEqual(SessionScript.connected({ isEncrypted: true }).line('STLS'), refusal);
  const script = SessionScript.connected();
  script.line('STLS');
  script.secure();
  assert.deepEqual(script.line('STLS'), refusal);
});

test('CAPA before login, under TLS and after login says what is possible then', () => {
  const always = 'TOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\n';
  const login = 'USER\r\nSASL PLAIN LOGIN\r\n';
  const script = SessionScript.connected();
  assert.deepEqual(script.line('CAPA'), [`+OK capabilities follow\r\n${always}STLS\r\n${login}.`]);
  script.line('STLS');
  script.secure();
  assert.deepEqual(script.line('CAPA'), [`+OK capabilities follow\r\n${always}${login}.`]);
  script.logIn();
  assert.deepEqual(script.line('CAPA'), [
    `+OK capabilities follow\r\n${always}${login}EXPIRE 0\r\n.`,
  ]);
});

test('commands of the other state are refused', () => {
  const before = SessionScript.connected();
  for (const line of ['STAT', 'LIST', 'UIDL 1', 'RETR 1', 'TOP 1 0', 'DELE 1', 'NOOP', 'RSET']) {
    assert.deepEqual(before.line(line), ['-ERR not allowed in AUTHORIZATION state'], line);
  }
  const after = SessionScript.loggedIn();
  for (const line of ['USER bob', 'PASS a', 'AUTH PLAIN', 'STLS']) {
    assert.deepEqual(after.line(line), ['-ERR not allowed in TRANSACTION state'], line);
  }
});

test('a line that is no command changes nothing', () => {
  const script = SessionScript.connected();
  script.line('USER bob');
  assert.deepEqual(script.line('FROBNICATE'), ['-ERR unknown command']);
  assert.deepEqual(script.line('PASS a'), ['<logIn bob a>']);
});

test('LIST and UIDL give all messages, or the one that is asked for', () => {
  const script = SessionScript.loggedIn();
  assert.deepEqual(script.line('LIST'), ['+OK list follows\r\n1 100\r\n2 200\r\n3 300\r\n.']);
  assert.deepEqual(script.line('LIST 2'), ['+OK 2 200']);
  assert.deepEqual(script.line('UIDL'), ['+OK list follows\r\n1 uid11\r\n2 uid12\r\n3 uid13\r\n.']);
  assert.deepEqual(script.line('UIDL 3'), ['+OK 3 uid13']);
  assert.deepEqual(script.lines('LIST 0', 'UIDL 4'), [
    '-ERR no such message',
    '-ERR no such message',
  ]);
});

test('without UIDL upstream there is none, and all else works', () => {
  const script = SessionScript.loggedIn('without UIDLs');
  assert.deepEqual(script.line('UIDL'), ['-ERR the mail server has no UIDL']);
  assert.doesNotMatch(script.line('CAPA').join(), /UIDL/);
  assert.deepEqual(script.line('LIST 1'), ['+OK 1 100']);
});

test('RETR delivers whole messages, TOP as many lines as are asked for, none included', () => {
  const script = SessionScript.loggedIn();
  assert.deepEqual(script.lines('RETR 2', 'TOP 2 0', 'TOP 3 99999999'), [
    '<deliver 2 whole>',
    '<deliver 2 0>',
    '<deliver 3 99999999>',
  ]);
  assert.deepEqual(script.line('RETR 9'), ['-ERR no such message']);
});

test('a deleted message is gone from every command, and the numbers of the others stay', () => {
  const script = SessionScript.loggedIn();
  assert.deepEqual(script.line('STAT'), ['+OK 3 600']);
  assert.deepEqual(script.line('DELE 2'), ['+OK marked as deleted']);
  for (const line of ['DELE 2', 'RETR 2', 'TOP 2 0', 'LIST 2', 'UIDL 2']) {
    assert.deepEqual(script.line(line), ['-ERR no such message'], line);
  }
  assert.deepEqual(script.line('STAT'), ['+OK 2 400']);
  assert.deepEqual(script.line('LIST'), ['+OK list follows\r\n1 100\r\n3 300\r\n.']);
  assert.deepEqual(script.line('RETR 3'), ['<deliver 3 whole>']);
});

test('RSET undoes every DELE', () => {
  const script = SessionScript.loggedIn();
  script.lines('DELE 1', 'DELE 3');
  assert.deepEqual(script.line('RSET'), ['+OK maildrop has 3 messages (600 octets)']);
  assert.deepEqual(script.lines('STAT', 'QUIT'), ['+OK 3 600', '<update >']);
});

test('QUIT deletes under the numbers of the upstream and ends when that is confirmed', () => {
  const script = SessionScript.loggedIn();
  assert.deepEqual(script.lines('DELE 1', 'DELE 3', 'QUIT').slice(2), ['<update 11 13>']);
  assert.equal(script.session.state, 'UPDATE');
  assert.deepEqual(script.event({ kind: 'updated', keptMessages: 0 }), [
    '+OK bye',
    '<endSession QUIT>',
  ]);
  assert.equal(script.session.state, 'ENDED');
});

test('QUIT is an error when a message was kept or nothing was confirmed', () => {
  const kept = SessionScript.loggedIn();
  kept.lines('DELE 1', 'QUIT');
  assert.deepEqual(kept.event({ kind: 'updated', keptMessages: 1 }), [
    '-ERR not removed by the mail server: 1',
    '<endSession QUIT>',
  ]);
  for (const [responseCode, reply] of [
    ['SYS/TEMP', '-ERR [SYS/TEMP] lost'],
    ['SYS/PERM', '-ERR [SYS/PERM] lost'],
    [undefined, '-ERR lost'],
  ] as const) {
    const failed = SessionScript.loggedIn();
    failed.line('QUIT');
    const event = { kind: 'updateFailed', text: 'lost', responseCode } as const;
    assert.deepEqual(failed.event(event), [reply, '<endSession QUIT>']);
  }
});

test('nothing is done for a client after its QUIT', () => {
  const script = SessionScript.loggedIn();
  script.line('QUIT');
  for (const line of ['RETR 1', 'DELE 1', 'QUIT', 'CAPA']) {
    assert.deepEqual(script.line(line), ['-ERR not allowed in UPDATE state']);
  }
});

test('events that cannot come are defects and not answered', () => {
  const script = SessionScript.loggedIn();
  assert.throws(() => script.logIn(), /no transition/);
  assert.throws(() => script.event({ kind: 'updated', keptMessages: 0 }), /no transition/);
});

test('a message that was refused before it was looked for is not deleted', () => {
  for (const refused of ['RETR 1', 'top 1 0']) {
    const script = SessionScript.loggedIn();
    assert.deepEqual(script.event({ kind: 'lineRefused', line: Buffer.from(refused) }), []);
    assert.match(script.line('DELE 1').join(), /^-ERR \[SYS\/TEMP\]/);
    assert.match(script.line('DELE 2').join(), /^\+OK/);
  }
  const script = SessionScript.connected();
  for (const line of ['RETR 1', 'QUIT', 'what', '']) {
    assert.deepEqual(script.event({ kind: 'lineRefused', line: Buffer.from(line) }), []);
  }
});
