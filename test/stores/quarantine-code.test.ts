import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { newQuarantineCode, parseQuarantineCode } from '../../src/stores/quarantine-code.ts';

test('a code has twelve digits in three groups, none of which is taken for another', () => {
  const codes = Array.from({ length: 500 }, newQuarantineCode);
  for (const code of codes)
    assert.match(code, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
  assert.equal(new Set(codes).size, codes.length);
  // All 32 digits occur among 6000, or chance is broken.
  assert.equal(new Set(codes.join('').replaceAll('-', '')).size, 32);
});

test('a code is understood however it is written', () => {
  for (const text of [
    'K7QF-2M9P-X4T0',
    'k7qf-2m9p-x4t0',
    'K7QF2M9PX4T0',
    ' k7qf 2m9p x4to ',
    'K7-QF2M9P-X4TO',
  ]) {
    assert.equal(parseQuarantineCode(text), 'K7QF-2M9P-X4T0', text);
  }
  assert.equal(parseQuarantineCode('iIlL-1111-0oO0'), '1111-1111-0000');
});

test('what is no code is none', () => {
  for (const text of [
    '',
    'K7QF-2M9P-X4T',
    'K7QF-2M9P-X4TDD',
    'K7QF-2M9P-X4TU',
    'K7QF_2M9P_X4TD',
    '%',
  ]) {
    assert.equal(parseQuarantineCode(text), undefined, text);
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      const code = parseQuarantineCode(text);
      assert.ok(code === undefined || parseQuarantineCode(code) === code);
    }),
  );
});
