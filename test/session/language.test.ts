import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCapabilities, unknownCapabilities } from '../../src/pop3/capability.ts';
import { Maildrop } from '../../src/session/maildrop.ts';
import { SessionScript } from './session-script.ts';

const international = parseCapabilities([Buffer.from('UTF8'), Buffer.from('LANG')]);

function connected(): SessionScript {
  return SessionScript.connected({ expectedCapabilities: () => international });
}

function loggedIn(): SessionScript {
  const script = connected();
  script.lines('USER bob', 'PASS secret');
  script.event({
    kind: 'loggedIn',
    maildrop: new Maildrop([], undefined),
    capabilities: international,
  });
  return script;
}

test('UTF8 is remembered and the login carries it, however the client logs in', () => {
  const script = connected();
  assert.deepEqual(script.line('UTF8'), ['+OK UTF-8 from here on']);
  assert.deepEqual(script.lines('USER bob', 'PASS a').at(-1), '<logIn bob a in utf8>');
  script.refuseLogin();
  const plain = Buffer.from('\0bob\0b').toString('base64');
  assert.deepEqual(script.line(`AUTH PLAIN ${plain}`), ['<logIn bob b in utf8>']);
});

test('UTF8 between USER and PASS leaves the name, and a second UTF8 changes nothing', () => {
  const script = connected();
  assert.deepEqual(script.lines('USER bob', 'UTF8', 'UTF8', 'PASS a'), [
    '+OK send PASS',
    '+OK UTF-8 from here on',
    '+OK UTF-8 from here on',
    '<logIn bob a in utf8>',
  ]);
});

test('without UTF8 the login is one of octets', () => {
  assert.equal(connected().lines('USER bob', 'PASS a').at(-1), '<logIn bob a>');
});

test('UTF8 and LANG are neither offered nor taken where the upstream is not known to have them', () => {
  for (const knownCapabilities of [undefined, unknownCapabilities]) {
    const script = SessionScript.connected({ expectedCapabilities: () => knownCapabilities });
    assert.doesNotMatch(script.line('CAPA').join(), /UTF8|LANG/);
    assert.deepEqual(script.lines('UTF8', 'LANG', 'LANG en'), [
      '-ERR UTF8 is not available',
      '-ERR LANG is not available',
      '-ERR LANG is not available',
    ]);
    assert.equal(script.lines('USER bob', 'PASS a').at(-1), '<logIn bob a>');
  }
});

test('CAPA offers UTF8 and LANG before and after login', () => {
  for (const script of [connected(), loggedIn()]) {
    assert.match(script.line('CAPA').join(), /^UTF8\r\nLANG\r$/m);
  }
});

test('UTF8 is refused after login', () => {
  assert.deepEqual(loggedIn().line('UTF8'), ['-ERR not allowed in TRANSACTION state']);
});

test('STLS is refused after UTF8 and possible before it', () => {
  const script = connected();
  script.line('UTF8');
  assert.deepEqual(script.line('STLS'), ['-ERR STLS comes before UTF8']);
  const secured = connected();
  secured.line('STLS');
  secured.secure();
  assert.deepEqual(secured.lines('UTF8', 'USER bob', 'PASS a').slice(1), [
    '+OK send PASS',
    '<logIn bob a in utf8>',
  ]);
});

test('what the upstream announces after login counts from then on', () => {
  const script = connected();
  script.lines('USER bob', 'PASS secret');
  script.logIn();
  assert.deepEqual(script.line('LANG'), ['-ERR LANG is not available']);
});

const choices: readonly [range: string, answer: string][] = [
  ['', '+OK languages follow\r\nen English\r\ni-default Default\r\n.'],
  [' *', '+OK en language changed'],
  [' en', '+OK en language changed'],
  [' EN', '+OK en language changed'],
  [' en-GB', '+OK en language changed'],
  [' en-Latn-GB', '+OK en language changed'],
  [' I-DEFAULT', '+OK i-default language changed'],
  [' i', '-ERR this language is not available'],
  [' de', '-ERR this language is not available'],
  [' i-klingon', '-ERR this language is not available'],
  [' x', '-ERR this language is not available'],
  [' en de', '-ERR LANG takes a language'],
];

for (const [range, answer] of choices) {
  test(`LANG${range} is answered alike before and after login`, () => {
    for (const script of [connected(), loggedIn()]) {
      assert.deepEqual(script.line(`LANG${range}`), [answer]);
    }
  });
}

test('LANG between USER and PASS does not disturb the login', () => {
  assert.deepEqual(connected().lines('USER bob', 'LANG en', 'PASS a'), [
    '+OK send PASS',
    '+OK en language changed',
    '<logIn bob a>',
  ]);
});
