import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AmbiguityFinder } from '../../../src/message/readings/ambiguity-finder.ts';
import { BareCrFinder } from '../../../src/message/readings/bare-cr.ts';
import type { Finding } from '../../../src/message/readings/reading.ts';
import { ambiguousMessages } from '../../helpers/ambiguous-messages.ts';
import { chunkLengths, cut, octetsOf } from '../chunking.ts';

function findingsOf(chunks: readonly Buffer[]): Finding[] {
  const finder = new AmbiguityFinder();
  for (const chunk of chunks) finder.push(chunk);
  return finder.end();
}

test('any chunking of an ambiguous message gives the same findings', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ambiguousMessages()),
      fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 5 }),
      ({ octets }, lengths) => {
        assert.deepEqual(findingsOf(cut(octets, lengths)), findingsOf([octets]));
      },
    ),
    { numRuns: 200 },
  );
});

test('what was found lies in the message', () => {
  for (const { octets } of ambiguousMessages()) {
    for (const { readings } of findingsOf([octets])) {
      for (const { start, end } of readings) {
        assert.ok(start >= 0 && start <= end && end <= octets.length);
      }
    }
  }
});

const ordinary: readonly (readonly [name: string, text: string])[] = [
  ['a letter', 'From: a\r\n\r\nHello.\r\n-- \r\nA\r\n'],
  [
    'a multipart in a multipart with the longer boundary',
    'Content-Type: multipart/mixed; boundary=b\r\n\r\nFor other programs.\r\n--b\r\n' +
      'Content-Type: multipart/alternative; boundary=bb\r\n\r\n--bb\r\n\r\nx\r\n--bb--\r\n\r\n' +
      '--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD\r\n--b--\r\nA footer.\r\n',
  ],
  ['a multipart that was cut off', 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx'],
  ['a patch', 'Subject: [PATCH]\r\n\r\n---\r\n a.c | 1 +\r\n--- a/a.c\r\n+++ b/a.c\r\n'],
  [
    'a page that is quoted-printable by name only',
    'Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<a href="x">\r\n',
  ],
  ['an mbox line on top', 'From a@example.org Mon Nov  2 10:00:00 2026\r\nSubject: x\r\n\r\nx\r\n'],
  ['LF for every line end', 'Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n'],
  ['encodings in capitals', 'Content-Type: TEXT/PLAIN\r\nContent-Transfer-Encoding: 7BIT\r\n\r\nx'],
  ['no octet at all', ''],
];

test('a line of its own boundary inside a header is the same in any chunks', () => {
  const text = 'a\n--outera\na\nContent-Type:multipart/;boundary="outer\n\n';
  const pieces = cut(Buffer.from(text), [1]);
  assert.equal(pieces.length, text.length);
  assert.deepEqual(findingsOf([Buffer.from(text)]), findingsOf(pieces));
});

for (const [name, text] of ordinary) {
  test(`${name} is not ambiguous`, () => {
    assert.deepEqual(findingsOf([Buffer.from(text)]), []);
  });
}

test('a CR is found where it may end a line that matters, over any chunking', () => {
  const isFound = (chunks: readonly Buffer[]): boolean => {
    const finder = new BareCrFinder();
    for (const chunk of chunks) finder.push(chunk);
    return finder.isFound;
  };
  const header = 'Subject: x\r\n\r\n';
  const cases: readonly (readonly [string, boolean])[] = [
    [`${header}a\rb\r\r\nc\r-d\r`, false],
    ['Subject: x\r\r\nTo: y\r\r\n\r\r\nz', false],
    ['Subject: x\rTo: y\r\n\r\nz', true],
    [`${header}text\r--b\r`, true],
    [`${header}text\rbegin 644 a\r`, true],
  ];
  for (const [text, expected] of cases) assert.equal(isFound([Buffer.from(text)]), expected, text);
  fc.assert(
    fc.property(octetsOf('\r', '\n', '--', '\r\n', 'begin'), chunkLengths, (octets, lengths) => {
      assert.equal(isFound(cut(octets, lengths)), isFound([octets]));
    }),
    { numRuns: 1000 },
  );
});
