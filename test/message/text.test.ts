import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMimeValue } from '../../src/message/mime-parameters.ts';
import { fileNamesOf, findParameter, toReadableText } from '../../src/message/text.ts';

for (const [name, contentType, contentDisposition, expected] of [
  ['a filename', undefined, 'attachment; filename="a.exe"', ['a.exe']],
  ['a name', 'application/octet-stream; name=a.exe', undefined, ['a.exe']],
  ['both', 'x/y; name=b.txt', 'attachment; filename=a.exe', ['a.exe', 'b.txt']],
  ['equal names once', 'x/y; name=a.exe', 'attachment; filename=a.exe', ['a.exe']],
  [
    'RFC 2231 before the plain form',
    undefined,
    `attachment; filename=a.txt; filename*=utf-8''%C3%A4.exe`,
    ['ä.exe', 'a.txt'],
  ],
  [
    'continuations',
    undefined,
    'attachment; filename*0="invoice"; filename*1=".exe"',
    ['invoice.exe'],
  ],
  ['name*', `x/y; name*=utf-8''a%2Eexe`, undefined, ['a.exe']],
  [
    'an encoded word in quotes',
    undefined,
    'attachment; filename="=?utf-8?B?YS5leGU=?="',
    ['a.exe', '=?utf-8?B?YS5leGU=?='],
  ],
  ['raw UTF-8', undefined, 'attachment; filename="\xc3\xa4.exe"', ['ä.exe']],
  ['raw latin1', undefined, 'attachment; filename="\xe4.exe"', ['ä.exe']],
  [
    'a parameter in the other header',
    'x/y; filename=a.exe',
    'attachment; name=b.exe',
    ['b.exe', 'a.exe'],
  ],
  ['no disposition before it', undefined, 'filename=a.exe', ['a.exe']],
  [
    'several filenames',
    undefined,
    'attachment; filename=a.txt; filename=b.exe',
    ['a.txt', 'b.exe'],
  ],
  [
    'percent escapes in a plain name',
    undefined,
    'attachment; filename="a%2Eexe"',
    ['a%2Eexe', 'a.exe'],
  ],
  ['a tab left by a fold', undefined, 'attachment; filename="a.e\txe"', ['a.e\txe', 'a.exe']],
  ['characters beyond latin1', undefined, `attachment; filename*=utf-8''%E6%BC%A2.exe`, ['漢.exe']],
  ['no names', 'text/plain; charset=utf-8', 'inline', []],
  ['empty names', 'x/y; name=""', 'attachment; filename=', []],
  ['nothing', undefined, undefined, []],
] as const) {
  test(`file names are found with ${name}`, () => {
    const types = contentType === undefined ? [] : [parseMimeValue(contentType)];
    const dispositions =
      contentDisposition === undefined ? [] : [parseMimeValue(contentDisposition)];
    assert.deepEqual(fileNamesOf(types, dispositions), expected);
  });
}

test('a parameter of the grammar is taken from the plain form first', () => {
  const find = (raw: string) => findParameter(parseMimeValue(raw).parameters, 'boundary');
  assert.equal(find('multipart/mixed; boundary="a b"'), 'a b');
  assert.equal(find('multipart/mixed; boundary*0=a; boundary*1=b; boundary=c'), 'c');
  assert.equal(find('multipart/mixed; boundary*0=a; boundary*1=b'), 'ab');
  assert.equal(find('multipart/mixed'), undefined);
});

test('readable text is one line', () => {
  assert.equal(toReadableText('a\tb\x7f=?utf-8?Q?=0A=00?='), 'a b   ');
  assert.equal(toReadableText('a=?utf-8?Q?=E2=80=A8=E2=80=A9?=b'), 'a  b');
});

test('readable text has no control characters of 8 bits, raw or encoded', () => {
  assert.equal(toReadableText('a\x9b31mb\x85c'), 'a 31mb c');
  assert.equal(toReadableText('=?utf-8?Q?a=C2=9B31m?='), 'a 31m');
});
