import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAnyMimeValue, parseMimeValue } from '../../src/message/mime-parameters.ts';

const pairs = (raw: string): string[][] =>
  parseMimeValue(raw).parameters.map(({ name, value }) => [name, value]);

for (const [raw, value] of [
  ['text/plain; charset=utf-8', 'text/plain'],
  [' Text / HTML (comment) ; a=b', 'text/html'],
  ['(comment (nested)) text/html', 'text/html'],
  ['multipart/mixed boundary=b', 'multipart/mixed'],
  ['attachment', 'attachment'],
  ['filename=x', ''],
  ['', ''],
  [';;', ''],
] as const) {
  test(`the value before the parameters of ${JSON.stringify(raw)} is read`, () => {
    assert.equal(parseMimeValue(raw).value, value);
  });
}

for (const [name, raw, expected] of [
  ['a token', 'a/b; N=v', [['n', 'v']]],
  [
    'a quoted string',
    'a/b; n="v; w"; m=x',
    [
      ['n', 'v; w'],
      ['m', 'x'],
    ],
  ],
  ['a comment behind the name', 'a/b; n (c) = (c) v', [['n', 'v']]],
  ['a parameter that stands in a comment', 'a/b (; n="v")', [['n', 'v']]],
  [
    'a parameter and one of that name in a comment',
    'a/b; n="v" (; n="w"; m=x)',
    [
      ['n', 'v'],
      ['m', 'x'],
    ],
  ],
  ['an escaped quote', 'a/b; n="v\\"w"', [['n', 'v"w']]],
  ['blanks around the equals sign', 'a/b; n = "v"', [['n', 'v']]],
  [
    'comments',
    'a/b (c); (c) n=(c) v (c); m=x',
    [
      ['n', 'v'],
      ['m', 'x'],
    ],
  ],
  ['an unclosed comment', 'a/b; (c; n=v', [['n', 'v']]],
  [
    'an unclosed quote',
    'a/b; n="v; m=x',
    [
      ['n', 'v; m=x'],
      ['m', 'x'],
    ],
  ],
  [
    'no semicolons',
    'a/b n=v m="x" o=y',
    [
      ['n', 'v'],
      ['m', 'x'],
      ['o', 'y'],
    ],
  ],
  [
    'no value before them',
    'n=v; m=x',
    [
      ['n', 'v'],
      ['m', 'x'],
    ],
  ],
  ['empty parts', 'a/b;; ;n=v;=x;m', [['n', 'v']]],
  [
    'an empty value',
    'a/b; n=; m=""',
    [
      ['n', ''],
      ['m', ''],
    ],
  ],
  [
    'repetition',
    'a/b; n=1; n=2',
    [
      ['n', '1'],
      ['n', '2'],
    ],
  ],
] as const) {
  test(`parameters are read with ${name}`, () => {
    assert.deepEqual(pairs(raw), expected);
  });
}

for (const [name, raw, readings] of [
  ['blanks in a token', 'a/b; n=my file.exe; m=x', ['my', 'my file.exe']],
  ['a comment behind a token', 'a/b; n=f.exe(c)', ['f.exe(c)', 'f.exe']],
  ['single quotes', "a/b; n='f.exe'", ["'f.exe'", 'f.exe']],
  ['a backslash', 'a/b; n="C:\\f.exe"', ['C:f.exe', 'C:\\f.exe']],
  ['text behind the quotes', 'a/b; n="f".exe; m=x', ['f', 'f.exe']],
  ['an unclosed quote', 'a/b; n="f.exe; m=x', ['f.exe; m=x', 'f.exe']],
] as const) {
  test(`every reading is kept with ${name}`, () => {
    assert.deepEqual(parseMimeValue(raw).parameters[0]?.readings, readings);
  });
}

test('any text is read without failing', () => {
  const unit = fc.constantFrom(
    'a',
    '=',
    ';',
    '"',
    '\\',
    '(',
    ')',
    ' ',
    '\t',
    '*',
    '/',
    "'",
    '\xe9',
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 80 }), (raw) => {
      for (const { value, readings } of parseMimeValue(raw).parameters) {
        assert.equal(readings[0], value);
      }
    }),
  );
});

test('the short way reads a value as the long way does', () => {
  const fragment = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('; n=v', ';m="w"', '; N*0="(x); y"', ' ; k=a/b=c ') },
    { weight: 1, arbitrary: fc.constantFrom(...' \t;"\\()\'=/*aB\xe9\0\n') },
    { weight: 1, arbitrary: fc.constant('x'.repeat(600)) },
  );
  const head = fc.constantFrom('a/b', 'Text/Plain', 'attachment', '', ' a/b', 'a /b', 'a=', '"a"');
  fc.assert(
    fc.property(head, fc.array(fragment, { maxLength: 8 }), (start, rest) => {
      const raw = `${start}${rest.join('')}`;
      assert.deepEqual(parseMimeValue(raw), parseAnyMimeValue(raw));
    }),
    { numRuns: 3000 },
  );
});

test('hostile repetition ends promptly', { timeout: 30_000 }, () => {
  for (const part of ['(', ';(', 'a=b ', 'a="', '"\\', '\t', 'a/', "a='"]) {
    assert.ok(parseMimeValue(part.repeat(50_000)).parameters.length >= 0);
  }
});
