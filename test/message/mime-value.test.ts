import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toHeaderLine } from '../../src/message/header-line.ts';
import { parseMimeValue } from '../../src/message/mime-parameters.ts';
import { textParameter, withCharsetUtf8 } from '../../src/message/mime-value.ts';
import { fileNamesOf } from '../../src/message/text.ts';

const parameters: readonly (readonly [string, readonly string[]])[] = [
  ['a.txt', ['filename="a.txt"']],
  ['two words.txt', ['filename="two words.txt"']],
  ['a "b" \\c', ['filename="a \\"b\\" \\\\c"']],
  ['\u00e4.txt', ['filename="_.txt"', "filename*=utf-8''%C3%A4.txt"]],
  ['a\r\nX: forged', ['filename="a__X: forged"']],
  ['', ['filename=""']],
];

for (const [name, expected] of parameters) {
  test(`the file name ${JSON.stringify(name)} is written so that every program reads one`, () => {
    assert.deepEqual(textParameter('filename', name), expected);
  });
}

test('a long name is written in sections, and cut at 255 characters', () => {
  const written = textParameter('filename', `${'\u00e9'.repeat(300)}.txt`);
  assert.ok(written.every((each) => each.length < 300));
  const value = ['attachment', ...written].join('; ');
  assert.equal(fileNamesOf([], [parseMimeValue(value)])[0], '\u00e9'.repeat(255));
  const lines = toHeaderLine('Content-Disposition', value).toString('latin1').split('\r\n');
  assert.ok(lines.every((line) => line.length < 300));
});

test('any name without control characters is read back as it was', () => {
  const names = fc.string({ unit: 'grapheme', maxLength: 60 });
  fc.assert(
    fc.property(names, (name) => {
      const value = ['attachment', ...textParameter('filename', name)].join('; ');
      const line = toHeaderLine('Content-Disposition', value).toString('latin1');
      assert.match(line, /^Content-Disposition: (?:[ -~]|\r\n[ \t])*\r\n$/);
      if (name !== '') assert.equal(fileNamesOf([], [parseMimeValue(value)])[0], name);
    }),
  );
});

const types: readonly (readonly [string | undefined, string])[] = [
  [undefined, 'text/x; charset=utf-8'],
  ['text/x', 'text/x; charset=utf-8'],
  ['Text/X; CharSet="koi8-r"; format=flowed', 'text/x; charset=utf-8; format="flowed"'],
  ["text/x; charset*=utf-8''x; delsp=yes", 'text/x; charset=utf-8; delsp="yes"'],
  [
    "text/x; name*0*=utf-8''%C3; name*1*=%A4",
    "text/x; charset=utf-8; name*0*=utf-8''%C3; name*1*=%A4",
  ],
  ['text/x; name="\xc3\xa4"', 'text/x; charset=utf-8; name="_"; name*=utf-8\'\'%C3%A4'],
  [`text/x; long=${'y'.repeat(600)}`, 'text/x; charset=utf-8'],
  ['text/x; a b"c=d; \xe4=e', 'text/x; charset=utf-8; c="d"'],
];

for (const [value, expected] of types) {
  test(`the charset becomes UTF-8 in ${value?.slice(0, 60)}`, () => {
    assert.equal(withCharsetUtf8('text/x', value), expected);
  });
}

test('whatever a sender wrote, the type can be written', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (garbage) => {
      const latin1 = Buffer.from(garbage)
        .toString('latin1')
        .replaceAll(/[\r\n]/g, '');
      const value = withCharsetUtf8('text/plain', `text/plain; ${latin1}; name="${latin1}"`);
      assert.match(toHeaderLine('Content-Type', value).toString('latin1'), /^[\t\r\n -~]*$/);
    }),
    { numRuns: 500 },
  );
});
