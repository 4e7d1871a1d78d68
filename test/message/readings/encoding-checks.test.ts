import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  Base64Check,
  QuotedPrintableCheck,
} from '../../../src/message/readings/encoding-checks.ts';
import { chunkLengths, cut, octetsOf } from '../chunking.ts';

function base64(chunks: readonly Buffer[]): readonly boolean[] {
  const check = new Base64Check();
  for (const chunk of chunks) check.push(chunk);
  return [check.hasForeign, check.hasUrlSafe, check.hasPaddingInside];
}

function quotedPrintable(chunks: readonly Buffer[]): readonly boolean[] {
  const check = new QuotedPrintableCheck();
  for (const chunk of chunks) check.push(chunk);
  return [check.hasIllegalEscape, check.hasBlanksInSoftBreak];
}

const base64Cases: readonly (readonly [text: string, expected: readonly boolean[]])[] = [
  ['QUJD\r\nQQ==\r\n', [false, false, false]],
  ['QQ==QUJD', [false, false, true]],
  ['=QUJD', [false, false, true]],
  ['QUJD!', [true, false, false]],
  ['QU-_', [true, true, false]],
  ['QQ==\r\n(end)', [true, false, true]],
];

for (const [text, expected] of base64Cases) {
  test(`base64 ${JSON.stringify(text)}: foreign, of the other alphabet, padded inside`, () => {
    assert.deepEqual(base64([Buffer.from(text)]), expected);
  });
}

const quotedCases: readonly (readonly [text: string, expected: readonly boolean[]])[] = [
  ['a=3Db=\r\nc=\nd=', [false, false]],
  ['=3d', [true, false]],
  ['=ZZ', [true, false]],
  ['==41', [true, false]],
  ['= \t\r\nx', [false, true]],
  ['= x', [true, false]],
  ['=\rx', [true, false]],
];

for (const [text, expected] of quotedCases) {
  test(`quoted-printable ${JSON.stringify(text)}: illegal escape, blanks in a soft break`, () => {
    assert.deepEqual(quotedPrintable([Buffer.from(text)]), expected);
  });
}

test('any chunking finds the same', () => {
  fc.assert(
    fc.property(
      octetsOf('QUJD', '=', '3D', ' ', '\r\n', '-', 'Z'),
      chunkLengths,
      (octets, lengths) => {
        assert.deepEqual(base64(cut(octets, lengths)), base64([octets]));
        assert.deepEqual(quotedPrintable(cut(octets, lengths)), quotedPrintable([octets]));
      },
    ),
    { numRuns: 1000 },
  );
});
