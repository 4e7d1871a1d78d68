import assert from 'node:assert/strict';
import { test } from 'node:test';
import fixLineEnds from '../../../plugins/fix-line-ends/index.ts';
import { contentOf, letter, outputOf } from '../letters.ts';

async function fix(text: string): Promise<string> {
  const message = Buffer.concat([letter('Subject: Hi', ''), Buffer.from(text)]);
  return contentOf(await outputOf(fixLineEnds, {}, message));
}

const texts: readonly (readonly [string, string])[] = [
  ['one\ntwo\n', 'one\r\ntwo'],
  ['one\rtwo\r', 'one\r\ntwo'],
  ['one\r\ntwo\nthree\rfour', 'one\r\ntwo\r\nthree\r\nfour'],
  ['one\n\r\ntwo', 'one\r\n\r\ntwo'],
  ['one\r\rtwo', 'one\r\n\r\ntwo'],
  ['one\r\r\ntwo', 'one\r\ntwo'],
  ['Grüße\n', 'Grüße'],
  ['\ufeffone\r\n', 'one'],
];

for (const [text, expected] of texts) {
  test(`${JSON.stringify(text)} becomes ${JSON.stringify(expected)}`, async () => {
    assert.equal(await fix(text), expected);
  });
}

test('a text with CRLF keeps every octet', async () => {
  const message = letter('Subject: Hi', 'X-Odd: \xff', '', 'one\xff', '', 'two');
  assert.equal(await outputOf(fixLineEnds, {}, message), message.toString('latin1'));
});

test('header, boundaries and all parts get CRLF, and the texts keep their charset', async () => {
  const lines = [
    ...['\ufeffSubject: Hi', 'X-Odd:  \xff', 'Content-Type: multipart/mixed; boundary=b', ''],
    ...['preamble', '--b', 'Content-Type: text/plain; charset=iso-8859-1', '', 'gr\xfcn'],
    ...['--b', 'Content-Type: text/csv; name=a.csv', '', '1;2', '3;4'],
    ...['--b', 'Content-Type: image/png', 'Content-Transfer-Encoding: base64', '', 'AAAA'],
    ...['--b--', 'the end'],
  ];
  const message = Buffer.from(lines.join('\n').replace('\ufeff', '\xef\xbb\xbf'), 'latin1');
  const output = await outputOf(fixLineEnds, {}, message);
  assert.equal(output, lines.join('\r\n').replace('\ufeff', '').concat('\r\n'));
});

test('header fields that a bare CR parts become lines of their own, and no blank line', async () => {
  const message = Buffer.from('Subject: Hi\rX-A: 1\r\rX-B: 2\r\n\r\ntext\r\n');
  const expected = 'Subject: Hi\r\nX-A: 1\r\nX-B: 2\r\n\r\ntext\r\n';
  assert.equal(await outputOf(fixLineEnds, {}, message), expected);
});

test('a message that only lacks the last line end gets it', async () => {
  const message = Buffer.from('Subject: Hi\r\n\r\ntext');
  assert.equal(await outputOf(fixLineEnds, {}, message), 'Subject: Hi\r\n\r\ntext\r\n');
});

test('a message without a header is mended as well', async () => {
  assert.equal(await outputOf(fixLineEnds, {}, Buffer.from('\nno field\n')), '\r\nno field\r\n');
});

test('a bare CR makes no boundary line', async () => {
  const type = 'Content-Type: multipart/mixed; boundary=b';
  const part = 'Content-Type: application/x-a\r\n\r\none\r--b\r\rtwo';
  const message = letter('Subject: Hi', type, '', '--b', part, '--b--');
  const output = await outputOf(fixLineEnds, {}, message);
  assert.equal(output, message.toString('latin1').replace('\r\rtwo', '\r\ntwo'));
});

const untouchable: readonly (readonly [string, readonly string[]])[] = [
  ['declared binary', ['Content-Type: text/csv', 'Content-Transfer-Encoding: binary', '', 'a\nb']],
  ['a file as it is', ['Content-Type: image/png', '', '\x89PNG\r\n\x1a\n']],
  ['in UTF-16', ['Content-Type: text/csv; charset=utf-16', '', '\0a\0\n']],
  [
    'signed',
    [
      'Content-Type: multipart/signed; boundary=s; protocol="application/pgp-signature"',
      ...['', '--s', '', 'one\ntwo', '--s', 'Content-Type: application/pgp-signature', '', 'x'],
      '--s--',
    ],
  ],
];

for (const [name, part] of untouchable) {
  test(`beside a part that is ${name}, only other texts are mended`, async () => {
    const whole = letter(...part).toString('latin1');
    assert.equal(await outputOf(fixLineEnds, {}, letter(...part)), whole);
    const type = 'Content-Type: multipart/mixed; boundary=b';
    const mixed = letter(type, 'X-A: 1\nX-B: 2', '', '--b', '', 'a\nb', '--b', ...part, '--b--');
    const output = await outputOf(fixLineEnds, {}, mixed);
    assert.ok(output.includes('X-A: 1\nX-B: 2\r\n'));
    assert.ok(output.includes('\r\n\r\na\r\nb\r\n--b\r\n'), output);
    assert.ok(output.includes(whole));
  });
}

test('a text with a bare CR is mended in its base64 as well', async () => {
  const base64 = Buffer.from('one\rtwo').toString('base64');
  const message = letter('X-A: 1\nContent-Transfer-Encoding: base64', '', base64);
  assert.equal(contentOf(await outputOf(fixLineEnds, {}, message)), 'one\r\ntwo');
});
