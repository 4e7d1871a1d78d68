// Rules of RFC 1939 and RFC 2449 that concern all commands alike, as a client sees them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SessionScript } from './session-script.ts';

function capabilities(script: SessionScript): string[] {
  return script.line('CAPA').join('').split('\r\n').slice(1, -1);
}

test('a keyword is taken in any case, and blanks between arguments may repeat', () => {
  const script = SessionScript.connected();
  assert.deepEqual(script.lines('user bob', 'Pass a').at(-1), '<logIn bob a>');
  script.logIn();
  assert.deepEqual(script.lines('lIsT  2', 'top 1  0'), ['+OK 2 200', '<deliver 1 0>']);
});

test('APOP, LAST and every other command that Postern does not have are answered with -ERR', () => {
  const unknown = ['APOP bob 0123456789abcdef0123456789abcdef', 'LAST', 'XTND XMIT', 'HELP', ''];
  for (const script of [SessionScript.connected(), SessionScript.loggedIn()]) {
    const { state } = script.session;
    for (const line of unknown) assert.deepEqual(script.line(line), ['-ERR unknown command']);
    assert.equal(script.session.state, state);
  }
});

test('a drop listing and a scan listing end where the size ends', () => {
  const script = SessionScript.loggedIn();
  assert.deepEqual(script.lines('STAT', 'LIST 1'), ['+OK 3 600', '+OK 1 100']);
});

test('NOOP is answered and changes nothing', () => {
  const script = SessionScript.loggedIn();
  script.line('DELE 1');
  assert.deepEqual(script.lines('NOOP', 'STAT'), ['+OK', '+OK 2 500']);
});

test('PASS counts for the last USER only, and for none after a refusal', () => {
  const script = SessionScript.connected();
  assert.deepEqual(script.lines('USER bob', 'USER ann', 'PASS a').at(-1), '<logIn ann a>');
  script.refuseLogin();
  assert.deepEqual(script.line('PASS b'), ['-ERR USER comes first']);
});

test('what CAPA announces before login it announces after login too, but for STLS', () => {
  const before = SessionScript.connected();
  const announced = capabilities(before);
  assert.ok(announced.includes('STLS') && announced.includes('SASL PLAIN LOGIN'));
  before.lines('USER bob', 'PASS secret');
  before.logIn();
  const after = capabilities(before);
  assert.deepEqual(
    announced.filter((line) => !after.includes(line)),
    ['STLS'],
  );
});

test('a second login in one session is refused', () => {
  const script = SessionScript.loggedIn();
  for (const line of ['AUTH PLAIN', 'AUTH', 'USER bob', 'PASS a']) {
    assert.deepEqual(script.line(line), ['-ERR not allowed in TRANSACTION state'], line);
  }
});
