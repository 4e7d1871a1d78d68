import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QuotedPrintableVariant } from '../../../src/message/readings/quoted-printable-variants.ts';
import { decode, sameForAllChunkings } from './stages.ts';

const cases: readonly (readonly [QuotedPrintableVariant, encoded: string, decoded: string])[] = [
  ['strict', '=41=\r\nB', 'AB'],
  ['strict', '=4a= \r\nB', '=4a= \r\nB'],
  ['strict', 'a=ZZb', 'a=ZZb'],
  ['dropsEquals', '=4a= \t\r\nB=ZZ', 'JBZZ'],
  ['dropsEquals', 'a==41=', 'aA'],
  ['dropsEscape', 'a=ZZb=41', 'abA'],
  ['dropsEscape', 'a=Z', 'a'],
];

for (const [variant, encoded, decoded] of cases) {
  test(`quoted-printable, ${variant}: ${JSON.stringify(encoded)}`, () => {
    assert.equal(decode({ kind: 'quotedPrintable', variant }, encoded), decoded);
  });
}

for (const variant of new Set(cases.map(([name]) => name))) {
  test(`quoted-printable, ${variant}, is the same for any chunking`, () => {
    sameForAllChunkings({ kind: 'quotedPrintable', variant }, '=', '4', 'a', '\r\n', ' ', 'Z');
  });
}
