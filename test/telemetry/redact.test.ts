import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../src/base/errors.ts';
import { Secret } from '../../src/base/secret.ts';
import { escapeText, redactFields } from '../../src/telemetry/redact.ts';

const quiet = { stacks: 'hidden' } as const;

const secretNames = [
  'password',
  'pass',
  'passwd',
  'PASSWORD',
  'userPassword',
  'passphrase',
  'secret',
  'client_secret',
  'token',
  'accessToken',
  'refresh_token',
  'authorization',
  'Proxy-Authorization',
  'credentials',
  'apiKey',
  'api_key',
  'private-key',
];

for (const name of secretNames) {
  test(`the value of ${name} does not reach the log`, () => {
    assert.deepEqual(
      redactFields({ a: [{ [name]: 'hunter2' }], [name]: { x: 'hunter2' } }, quiet),
      {
        a: [{ [name]: '[secret]' }],
        [name]: '[secret]',
      },
    );
  });
}

test('names that merely contain a similar word are left alone', () => {
  const fields = { passed: 3, bypass_count: 1, compass: 'n', action: 'pass_on', keyFile: 'k.pem' };
  assert.deepEqual(redactFields(fields, quiet), fields);
});

test('that a secret is absent may be seen', () => {
  assert.deepEqual(redactFields({ password: undefined, token: null }, quiet), {
    password: undefined,
    token: null,
  });
});

test('a Secret is hidden under any name', () => {
  const fields = { harmless: Secret.fromText('hunter2'), list: [Secret.fromText('hunter2')] };
  assert.deepEqual(redactFields(fields, quiet), { harmless: '[secret]', list: ['[secret]'] });
});

test('octets are counted, not shown', () => {
  assert.deepEqual(redactFields({ line: Buffer.from('PASS x') }, quiet), { line: '[6 octets]' });
});

test('an error becomes its code and one line, without a stack', () => {
  const cause = new Error('socket\r\nclosed');
  const error = new AppError('UPSTREAM_LOST', {
    fault: 'upstream',
    publicText: 'connection lost',
    details: { host: 'a.example', token: 'hunter2' },
    cause,
  });
  assert.deepEqual(redactFields({ error }, quiet), {
    error: {
      text: 'UPSTREAM_LOST: connection lost: socket closed',
      code: 'UPSTREAM_LOST',
      fault: 'upstream',
      details: { host: 'a.example', token: '[secret]' },
    },
  });
});

test('a stack is shown when it is asked for', () => {
  const clean = redactFields({ error: new TypeError('x') }, { stacks: 'shown' });
  assert.match(JSON.stringify(clean), /"stack":\["TypeError: x","at /);
});

test('fields cannot take the place of what the logger writes itself', () => {
  assert.deepEqual(redactFields({ level: 'a', time: 1, msg: 'b' }, quiet), {
    level_: 'a',
    time_: 1,
    msg_: 'b',
  });
});

test('no name gives a record another prototype', () => {
  const fields = JSON.parse('{"a": {"__proto__": {"polluted": 1}}}');
  assert.deepEqual(redactFields(fields, quiet), { a: { __proto___: { polluted: 1 } } });
});

test('cycles, depth, length and number are bounded', () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const fields = {
    cycle,
    text: 'x'.repeat(100_000),
    list: Array(10_000).fill(1),
    wide: Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, 1])),
  };
  assert(JSON.stringify(redactFields(fields, quiet)).length < 10_000);
});

test('values that JSON has no word for are described', () => {
  const fields = { big: 12n, call: () => 1, mark: Symbol('x'), date: new Date(0) };
  assert.deepEqual(redactFields(fields, quiet), {
    big: '12',
    call: '[function]',
    mark: '[symbol]',
    date: '1970-01-01T00:00:00.000Z',
  });
});

test('control characters are written out', () => {
  assert.equal(escapeText('a\r\nb\tc\0\x1b[2J\x7f\x85'), 'a\\r\\nb\\tc\\x00\\x1b[2J\\x7f\\x85');
  assert.equal(escapeText('\u202egnp.exe \u2028 \ufeff'), '\\u202egnp.exe \\u2028 \\ufeff');
  assert.equal(escapeText('Grüße, 日本 🙂'), 'Grüße, 日本 🙂');
});

test('no text makes a character that moves a cursor or begins a line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(escapeText(text), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test('whatever the fields are, no secret is in what is logged', () => {
  const hidden = 'hunter2-hunter2';
  const withSecret = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.constant({ password: hidden }),
      fc.constant({ accessToken: [hidden, { deep: hidden }] }),
      fc.constant(Secret.fromText(hidden)),
      fc.constant(Buffer.from(hidden)),
      fc.anything(),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie('node'), { maxKeys: 3 }),
    ),
  })).node;
  fc.assert(
    fc.property(withSecret, (value) => {
      assert(!JSON.stringify(redactFields({ value }, quiet)).includes(hidden));
    }),
  );
});
