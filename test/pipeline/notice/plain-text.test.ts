import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  headerText,
  plainLine,
  shownText,
  wrapText,
} from '../../../src/pipeline/notice/plain-text.ts';
import { assertPlain } from '../../helpers/own-message.ts';

test('controls, bidi overrides and separators become blanks', () => {
  assert.equal(plainLine(' a\r\nb\u202ec\u2028d\0\x1be '), 'a b c d e');
});

test('a long line is cut between characters', () => {
  assert.equal(plainLine('x'.repeat(400)).length, 303);
  assert.equal(plainLine('a😀', 2), 'a\ufffd...');
});

test('links are taken apart, addresses of mail are not', () => {
  assert.equal(
    shownText('HTTPS://a.example www.b.example c@d'),
    'HTTPS[:]//a.example www[.]b.example c@d',
  );
});

test('no header text can be taken for an encoded word', () => {
  assert.equal(headerText('=?utf-8?q?x?='), '= ?utf-8?q?x?=');
  assert.equal(headerText('=\u202e?utf-8?q?x?='), '= ?utf-8?q?x?=');
});

test('text is wrapped at blanks within 76 characters, long words stay whole', () => {
  const long = 'y'.repeat(90);
  const lines = wrapText(`${'word '.repeat(30)}${long} end`, '  ');
  for (const line of lines.filter((each) => !each.includes('y'))) assert.ok(line.length <= 76);
  assert.ok(lines.includes(`  ${long}`));
});

test('any text becomes plain, and wrapping loses none of it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
      for (const clean of [plainLine(text), shownText(text), headerText(text)]) assertPlain(clean);
      const line = plainLine(text).replaceAll(/ +/g, ' ');
      assert.equal(wrapText(line).join(' '), line);
    }),
  );
});
