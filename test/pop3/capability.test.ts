import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type CapabilityFacts,
  composeCapabilities,
  parseCapabilities,
  unknownCapabilities,
} from '../../src/pop3/capability.ts';

const lines = (...texts: string[]) => texts.map((text) => Buffer.from(text, 'latin1'));

const facts: CapabilityFacts = {
  isTransaction: false,
  canLogIn: true,
  canStartTls: false,
  upstream: undefined,
};

test('what Postern uses is read from an upstream, the rest is passed over', () => {
  const found = parseCapabilities(
    lines(
      'TOP',
      'uidl ',
      'USER',
      'STLS',
      'PIPELINING',
      'SASL PLAIN  xoauth2',
      'EXPIRE 60 user',
      'LOGIN-DELAY 300',
      'utf8 user',
      'LANG',
      'IMPLEMENTATION Server 1.0',
      'X-UNKNOWN',
      '',
    ),
  );
  assert.deepEqual(found, {
    hasStls: true,
    hasUidl: true,
    hasTop: true,
    hasUser: true,
    hasPipelining: true,
    hasUtf8: true,
    hasUtf8User: true,
    hasLang: true,
    saslMechanisms: ['PLAIN', 'XOAUTH2'],
    expire: '60 USER',
    loginDelay: '300',
  });
});

test('an upstream that announces nothing has nothing', () => {
  assert.deepEqual(parseCapabilities([]), {
    ...unknownCapabilities,
    hasUidl: false,
    hasTop: false,
    hasUser: false,
  });
});

test('an EXPIRE or LOGIN-DELAY of another form is left out', () => {
  for (const argument of ['', 'soon', '1 2', '-1', '12345678', 'NEVER\x1b[2J', '0 USER X']) {
    const found = parseCapabilities(lines(`EXPIRE ${argument}`, `LOGIN-DELAY ${argument}`));
    assert.equal(found.expire, undefined, argument);
    assert.equal(found.loginDelay, undefined, argument);
  }
});

test('before login USER and SASL are offered where login is allowed, STLS where it is possible', () => {
  const offered = ['TOP', 'UIDL', 'RESP-CODES', 'AUTH-RESP-CODE', 'PIPELINING'];
  assert.deepEqual(composeCapabilities(facts), [...offered, 'USER', 'SASL PLAIN LOGIN']);
  assert.deepEqual(composeCapabilities({ ...facts, canLogIn: false, canStartTls: true }), [
    ...offered,
    'STLS',
  ]);
});

test('STLS is not offered after login', () => {
  const list = composeCapabilities({ ...facts, isTransaction: true, canStartTls: true });
  assert.ok(!list.includes('STLS'));
});

test('UIDL is not offered when the upstream has none', () => {
  const upstream = { ...unknownCapabilities, hasUidl: false };
  assert.ok(!composeCapabilities({ ...facts, isTransaction: true, upstream }).includes('UIDL'));
});

test('EXPIRE and LOGIN-DELAY of the upstream are handed on after login', () => {
  const upstream = { ...unknownCapabilities, expire: '0', loginDelay: '300 USER' };
  const list = composeCapabilities({ ...facts, isTransaction: true, upstream });
  assert.deepEqual(list.slice(-2), ['EXPIRE 0', 'LOGIN-DELAY 300 USER']);
});

test('UTF8 and LANG are offered in both states where the upstream is known to have them', () => {
  const upstream = parseCapabilities(lines('UTF8', 'LANG'));
  const withUser = parseCapabilities(lines('UTF8 USER'));
  for (const isTransaction of [false, true]) {
    const known = { ...facts, isTransaction };
    assert.deepEqual(composeCapabilities({ ...known, upstream }).slice(-2), ['UTF8', 'LANG']);
    assert.equal(composeCapabilities({ ...known, upstream: withUser }).at(-1), 'UTF8 USER');
    for (const without of [undefined, unknownCapabilities]) {
      const list = composeCapabilities({ ...known, upstream: without }).join();
      assert.doesNotMatch(list, /UTF8|LANG/);
    }
  }
});

test('an argument of UTF8 that is not known is left out', () => {
  for (const argument of ['', 'user2', 'X\x1b', '=']) {
    const upstream = parseCapabilities(lines(`UTF8 ${argument}`));
    assert.equal(composeCapabilities({ ...facts, upstream }).at(-1), 'UTF8', argument);
  }
});

const allowed =
  /^(?:TOP|UIDL|UTF8(?: USER)?|LANG|RESP-CODES|AUTH-RESP-CODE|PIPELINING|STLS|USER|SASL PLAIN LOGIN|EXPIRE (?:NEVER|\d{1,6})(?: USER)?|LOGIN-DELAY \d{1,6}(?: USER)?)$/;

test('whatever an upstream announces, our list has only known lines', () => {
  const tag = fc.constantFrom('UIDL', 'SASL', 'EXPIRE', 'LOGIN-DELAY', 'COMPRESS', 'UTF8', 'LANG');
  const line = fc.oneof(
    fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(tag, fc.constantFrom('', ' 0', ' 7 USER', ' never', ' x\0', ' \xff', ' 1\r'))
      .map((parts) => Buffer.from(parts.join(''), 'latin1')),
  );
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 12 }),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      (announced, isTransaction, canLogIn, canStartTls) => {
        const upstream = parseCapabilities(announced);
        const list = composeCapabilities({ isTransaction, canLogIn, canStartTls, upstream });
        for (const each of list) assert.match(each, allowed);
        assert.equal(new Set(list).size, list.length);
      },
    ),
    { numRuns: 1000 },
  );
});
