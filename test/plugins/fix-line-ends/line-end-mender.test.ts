import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineEndMender } from '../../../plugins/fix-line-ends/line-end-mender.ts';
import { MimeWalker } from '../../../src/message/mime-walk.ts';
import { chunkLengths, cut, octetsOf } from '../../message/chunking.ts';

function mend(octets: Buffer, lengths: readonly number[] = [octets.length]): Buffer {
  const mender = new LineEndMender();
  const pieces = cut(octets, lengths).flatMap((chunk) => mender.push(chunk));
  return Buffer.concat([...pieces, ...mender.end()]);
}

const cases: readonly (readonly [string, string])[] = [
  ['', ''],
  ['a\r\nb\r\n', 'a\r\nb\r\n'],
  ['a\nb\n\nc\n', 'a\r\nb\r\n\r\nc\r\n'],
  ['\na', '\r\na\r\n'],
  ['a\rb\r', 'a\r\nb\r\n'],
  ['a\r\r\nb\r\r\r\n', 'a\r\nb\r\n'],
  ['a\r\r\rb\n', 'a\r\nb\r\n'],
  ['a', 'a\r\n'],
  ['a\n\rb\n', 'a\r\n\rb\r\n'],
  ['a\r--b\n', 'a\r--b\r\n'],
  ['--b\rc\rd\n', '--b\rc\rd\r\n'],
  ['--b\r', '--b\r\n'],
  ['\xef\xbb\xbfa\r\n', 'a\r\n'],
  ['\xef\xbb', '\xef\xbb\r\n'],
  ['a\xef\xbb\xbf\r\n', 'a\xef\xbb\xbf\r\n'],
];

for (const [content, expected] of cases) {
  test(`${JSON.stringify(content)} becomes ${JSON.stringify(expected)}`, () => {
    assert.equal(mend(Buffer.from(content, 'latin1')).toString('latin1'), expected);
  });
}

const messages = octetsOf(
  ...[
    '\r--b\n',
    'a\r--b\n',
    '--b\r',
    '\r',
    '\n',
    '\r\n',
    '\r\r',
    ' ',
    'a',
    '-',
    '--b',
    '--b--',
    '\r\n--b\r\n',
    '\n\n',
    '\xef\xbb\xbf',
  ],
  ...['Content-Type: multipart/mixed; boundary=b', 'Content-Type: message/rfc822', '; name=x.exe'],
);

test('any chunking gives the same, and what is mended stays as it is', () => {
  fc.assert(
    fc.property(messages, chunkLengths, (content, lengths) => {
      const whole = mend(content);
      assert.deepEqual(mend(content, lengths), whole);
      // Behind a mark that has gone, another one may stand.
      if (!whole.toString('latin1').startsWith('\xef\xbb\xbf'))
        assert.deepEqual(mend(whole), whole);
    }),
  );
});

/** Where which parts are, and what their headers say. */
function structureOf(content: Buffer): unknown {
  const walker = new MimeWalker();
  return [...walker.push(content), ...walker.end()].flatMap((event) => {
    if (event.kind !== 'partStarted') return [];
    const { path, contentType, transferEncoding, fileNames, headers } = event.part;
    return [{ path, contentType, transferEncoding, fileNames, fields: [...headers.entries()] }];
  });
}

test('a mended message has the parts and fields that it had', () => {
  const headers = ['A: b', '\nA: b', '\n\n', '\n\n--b\n', '\n\n--b\n\ntext'];
  const start = fc
    .constantFrom(...headers)
    .map((rest) => Buffer.from(`Content-Type: multipart/mixed; boundary=b${rest}`));
  fc.assert(
    fc.property(start, messages, (header, content) => {
      const message = Buffer.concat([header, content]);
      assert.deepEqual(structureOf(mend(message)), structureOf(message));
    }),
    { numRuns: 1000 },
  );
});
