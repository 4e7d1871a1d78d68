import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MboxSplitter } from '../../src/cli/mbox-splitter.ts';

function split(text: string, size = text.length, maxOctets = 1_000_000): string[] {
  const splitter = new MboxSplitter(maxOctets);
  const octets = Buffer.from(text, 'latin1');
  const found: Buffer[] = [];
  for (let at = 0; at < octets.length; at += size) {
    found.push(...splitter.push(octets.subarray(at, at + size)));
  }
  found.push(...splitter.end());
  return found.map((message) => message.toString('latin1'));
}

const cases: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  'two messages with a blank line between them': [
    'From a@b Mon\nA: 1\n\none\n\nFrom c@d Tue\nB: 2\n\ntwo\n\n',
    ['A: 1\n\none\n', 'B: 2\n\ntwo\n'],
  ],
  'CRLF as line ends': [
    'From a\r\nA: 1\r\n\r\none\r\n\r\nFrom b\r\nB: 2\r\n\r\ntwo\r\n',
    ['A: 1\r\n\r\none\r\n', 'B: 2\r\n\r\ntwo\r\n'],
  ],
  'From within a text': ['From a\nA: 1\n\nyes\nFrom here on\n', ['A: 1\n\nyes\nFrom here on\n']],
  'a quoted From': [
    'From a\nA: 1\n\n>From x\n>>From y\n>other\n',
    ['A: 1\n\nFrom x\n>From y\n>other\n'],
  ],
  'no end of line at the end': ['From a\nA: 1\n\nend', ['A: 1\n\nend']],
  'a last line that is short': ['From a\nA: 1\n\n>From', ['A: 1\n\n>From']],
  'a message without anything': ['From a\n\nFrom b\nB: 2\n', ['\n', 'B: 2\n']],
  'lone CR and NUL': ['From a\nA: 1\n\na\rb\0c\n', ['A: 1\n\na\rb\0c\n']],
  'something before the first message': ['junk\n\nFrom a\nA: 1\n', ['A: 1\n']],
  'nothing at all': ['', []],
};

for (const [name, [text, messages]] of Object.entries(cases)) {
  test(`an mbox is split: ${name}`, () => {
    assert.deepEqual(split(text), messages);
  });
}

test('any chunking of an mbox gives the same messages', () => {
  const line = fc.constantFrom('From a b', '>From x', '', 'text', 'a\rb', 'x'.repeat(100), 'From');
  const end = fc.constantFrom('\n', '\r\n');
  const lines = fc.array(fc.tuple(line, end), { maxLength: 30 });
  fc.assert(
    fc.property(lines, fc.integer({ min: 1, max: 40 }), (parts, size) => {
      const text = `From start\n${parts.map((part) => part.join('')).join('')}`;
      assert.deepEqual(split(text, size), split(text));
    }),
  );
});

test('of a message that is too long the beginning is kept, and the next one is found', () => {
  const long = `From a\nA: 1\n\n${'x'.repeat(70)}\n`.repeat(1) + `${'y'.repeat(99)}\n`.repeat(1000);
  const found = split(`${long}\nFrom b\nB: 2\n`, 333, 500);
  assert.deepEqual(
    found.map(({ length }) => length),
    [500, 5],
  );
});

test('one line without end takes no memory beyond the limit', () => {
  const splitter = new MboxSplitter(1000);
  splitter.push(Buffer.from('From a\nSubject: '));
  for (let piece = 0; piece < 2000; piece += 1) splitter.push(Buffer.alloc(10_000, 0x61));
  assert.deepEqual(
    splitter.end().map(({ length }) => length),
    [1000],
  );
});
