import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Base64Variant } from '../../../src/message/readings/base64-variants.ts';
import { decode, sameForAllChunkings } from './stages.ts';

const cases: readonly (readonly [variant: Base64Variant, encoded: string, decoded: string])[] = [
  ['stopsAtPadding', 'QUJD', 'ABC'],
  ['stopsAtPadding', 'QQ==QUJD', 'A'],
  ['stopsAtPadding', '=QUJD', ''],
  ['ignoresPadding', 'QU=JD', 'ABC'],
  ['ignoresPadding', '=Q=U=J=D=', 'ABC'],
  ['stopsAtForeign', 'QU\r\nJD!QUJD', 'ABC'],
  ['stopsAtForeign', '!QUJD', ''],
  ['urlSafe', '-_-_', '\xfb\xff\xbf'],
  ['skipsForeignLines', 'QU\r\n!x\r\nJD', 'ABC'],
  ['skipsForeignLines', 'QUJD\r\nQUJD (end)', 'ABC'],
];

for (const [variant, encoded, decoded] of cases) {
  test(`base64 that ${variant}: ${JSON.stringify(encoded)}`, () => {
    assert.equal(decode({ kind: 'base64', variant }, encoded), decoded);
  });
}

for (const variant of new Set(cases.map(([name]) => name))) {
  test(`base64 that ${variant} is the same for any chunking`, () => {
    sameForAllChunkings({ kind: 'base64', variant }, 'QUJD', '=', '\r\n', '!', '-', '_', 'x');
  });
}

test('a line without end is not held', () => {
  const line = 'QUJD'.repeat(5000);
  const decoded = decode({ kind: 'base64', variant: 'skipsForeignLines' }, line);
  assert.equal(decoded, 'ABC'.repeat(5000));
});
