import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  challenge,
  errReply,
  multilineReply,
  okReply,
  parseReply,
  parseScanLine,
  parseUidlLine,
  printable,
  type Reply,
} from '../../src/pop3/reply.ts';

const octets = (text: string) => Buffer.from(text, 'latin1');

const replies: readonly [line: string, reply: Reply][] = [
  ['+OK', { isOk: true, code: undefined, text: '' }],
  ['+OK ', { isOk: true, code: undefined, text: '' }],
  ['+OK\tready', { isOk: true, code: undefined, text: 'ready' }],
  ['+OK 2 320', { isOk: true, code: undefined, text: '2 320' }],
  ['+OK   [SYS/TEMP]   later', { isOk: true, code: 'SYS/TEMP', text: 'later' }],
  ['-ERR', { isOk: false, code: undefined, text: '' }],
  ['-ERR no', { isOk: false, code: undefined, text: 'no' }],
  ['-ERR [in-use] locked', { isOk: false, code: 'IN-USE', text: 'locked' }],
  ['-ERR [IN-USE]', { isOk: false, code: 'IN-USE', text: '' }],
  ['-ERR [not a code] x', { isOk: false, code: undefined, text: '[not a code] x' }],
  ['-ERR [', { isOk: false, code: undefined, text: '[' }],
];

for (const [line, reply] of replies) {
  test(`${JSON.stringify(line)} is a reply`, () => {
    assert.deepEqual(parseReply(octets(line)), reply);
  });
}

const noReplies = [
  '',
  '+',
  '+ ',
  '+O',
  '+OKAY',
  '+OK.',
  '+ok ready',
  '* OK ready',
  '-ERROR',
  '-err no',
  ' +OK',
  'OK',
  '220 smtp.example ready',
  'HTTP/1.1 400 Bad Request',
  '+OK a\rb',
  '+OK a\0b',
  '-ERR a\0',
];

for (const line of noReplies) {
  test(`${JSON.stringify(line)} is no reply`, () => {
    assert.throws(() => parseReply(octets(line)), { code: 'UPSTREAM_PROTOCOL', fault: 'upstream' });
  });
}

test('any octets are a reply or a violation, and nothing but +OK and a blank is a success', () => {
  const line = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(fc.constantFrom('+OK', '-ERR', '+'), fc.string({ unit: 'binary', maxLength: 20 }))
      .map((parts) => octets(parts.join(''))),
  );
  fc.assert(
    fc.property(line, (bytes) => {
      let isOk: boolean;
      try {
        isOk = parseReply(bytes).isOk;
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'UPSTREAM_PROTOCOL');
        return;
      }
      assert.match(bytes.toString('latin1'), isOk ? /^\+OK(?:[ \t]|$)/ : /^-ERR(?:[ \t]|$)/);
    }),
    { numRuns: 3000 },
  );
});

test('what Postern sends can be read as a reply again', () => {
  const text = fc.stringMatching(/^[!-Z\\^-~][ -~]{0,80}$/);
  fc.assert(
    fc.property(text, fc.constantFrom(undefined, 'AUTH', 'SYS/TEMP', 'IN-USE'), (words, code) => {
      const ok = okReply(words);
      assert.deepEqual(parseReply(ok.subarray(0, -2)), {
        isOk: true,
        code: undefined,
        text: words,
      });
      assert.deepEqual(parseReply(errReply(words, code).subarray(0, -2)), {
        isOk: false,
        code,
        text: words,
      });
    }),
  );
});

test('no text makes a reply of more than one line or of more than 512 octets', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 1000 }), (text) => {
      for (const reply of [okReply(text), errReply(text), errReply(text, 'SYS/TEMP')]) {
        assert.ok(reply.length <= 512);
        assert.match(reply.toString('latin1'), /^(?:\+OK|-ERR)[ -~]*\r\n$/);
      }
    }),
  );
});

test('an empty +OK has no blank', () => {
  assert.equal(String(okReply('')), '+OK\r\n');
});

test('an empty challenge is a plus and one blank', () => {
  assert.equal(String(challenge('')), '+ \r\n');
  assert.equal(String(challenge('VXNlcm5hbWU6')), '+ VXNlcm5hbWU6\r\n');
});

test('a multi-line reply ends with a dot on a line of its own', () => {
  assert.equal(String(multilineReply('list', [])), '+OK list\r\n.\r\n');
  assert.equal(String(multilineReply('list', ['1 2', '2 3'])), '+OK list\r\n1 2\r\n2 3\r\n.\r\n');
});

test('octets that a terminal or a log could obey become question marks', () => {
  assert.equal(printable('a\x1b[2J\r\n\0\x7f\xff b~'), 'a?[2J????? b~');
});

const scanLines: readonly [line: string, number: number, size: number][] = [
  ['1 120', 1, 120],
  ['  1   120', 1, 120],
  ['1\t120\t', 1, 120],
  ['12 0', 12, 0],
  ['1 120 octets and more', 1, 120],
  ['1 999999999999', 1, 999_999_999_999],
];

for (const [line, number, size] of scanLines) {
  test(`the LIST line ${JSON.stringify(line)} is read`, () => {
    assert.deepEqual(parseScanLine(octets(line)), { number, octets: size });
  });
}

for (const line of [
  '',
  '1',
  '1 ',
  'x 1',
  '1 x',
  '1 12x',
  '1 -2',
  '-1 2',
  '1 1000000000000',
  '1,2',
]) {
  test(`the LIST line ${JSON.stringify(line)} is refused`, () => {
    assert.throws(() => parseScanLine(octets(line)), { code: 'UPSTREAM_PROTOCOL' });
  });
}

const uidlLines: readonly [line: string, number: number, uidl: string][] = [
  ['1 whqtswO00WBw418f9t5JxYwZ', 1, 'whqtswO00WBw418f9t5JxYwZ'],
  ['   2    QhdPYR:00WBw1Ph7x7   ', 2, 'QhdPYR:00WBw1Ph7x7'],
  ['3 !"#~', 3, '!"#~'],
  [`4 ${'u'.repeat(480)}`, 4, 'u'.repeat(480)],
];

for (const [line, number, uidl] of uidlLines) {
  test(`the UIDL line ${JSON.stringify(line.slice(0, 40))} is read`, () => {
    assert.deepEqual(parseUidlLine(octets(line)), { number, uidl });
  });
}

for (const line of ['', '1', '1 ', 'a b', '1 a b', '1 \xfc', '1 a\0', `1 ${'u'.repeat(481)}`]) {
  test(`the UIDL line ${JSON.stringify(line.slice(0, 40))} is refused`, () => {
    assert.throws(() => parseUidlLine(octets(line)), { code: 'UPSTREAM_PROTOCOL' });
  });
}

test('a listing line is read where it lies, and nothing around it', () => {
  const around = octets('71 100\r\n2 name.b\r\n9');
  assert.deepEqual(parseScanLine(around, 1, 5), { number: 1, octets: 10 });
  assert.deepEqual(parseUidlLine(around, 8, 16), { number: 2, uidl: 'name.b' });
  assert.throws(() => parseScanLine(around, 1, 3), { code: 'UPSTREAM_PROTOCOL' });
  assert.throws(() => parseUidlLine(around, 8, 10), { code: 'UPSTREAM_PROTOCOL' });
});
