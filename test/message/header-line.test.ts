import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeaderBlock } from '../../src/message/header-block.ts';
import { toHeaderLine } from '../../src/message/header-line.ts';

const line = (name: string, value: string): string => toHeaderLine(name, value).toString('latin1');

test('a short field is one line', () => {
  assert.equal(line('X-A', ' b c '), 'X-A: b c\r\n');
  assert.equal(line('X-A', ' '), 'X-A:\r\n');
});

for (const name of ['', 'A B', 'A:', 'Ä', 'A\r\n', 'A\0', 'a'.repeat(200)]) {
  test(`the name ${JSON.stringify(name.slice(0, 9))} is refused`, () => {
    assert.throws(() => toHeaderLine(name, 'v'), { code: 'HEADER_INVALID', fault: 'plugin' });
  });
}

for (const value of ['a\r\nB: c', 'a\nB: c', 'a\rb', 'a\0b']) {
  test(`the value ${JSON.stringify(value)} is refused`, () => {
    assert.throws(() => toHeaderLine('A', value), { code: 'HEADER_INVALID', fault: 'plugin' });
  });
}

test('a long value is folded at blanks within 78 characters and unfolds to the same', () => {
  const value = 'several words \t of  a value '.repeat(20).trim();
  const folded = line('X-Long', value);
  for (const part of folded.split('\r\n')) assert.ok(part.length <= 78, part);
  assert.equal(folded.replaceAll('\r\n', ''), `X-Long: ${value}`);
});

test('any text is written as short ASCII lines that read back as the text', () => {
  const text = fc
    .string({
      unit: fc.constantFrom('a', 'b', ' ', 'é', '漢', '😀', '?', '_', '\x07'),
      maxLength: 300,
    })
    .map((value) => value.trim());
  fc.assert(
    fc.property(text, (value) => {
      const written = line('Subject', value);
      assert.match(written, /^Subject:[\t -~]*(?:\r\n[\t -~]+)*\r\n$/);
      const read = new HeaderBlock(Buffer.from(written)).text('Subject');
      assert.equal(read, value.replaceAll('\x07', ' '));
      if (!/[a-z?_]{60}/.test(value)) {
        for (const part of written.split('\r\n')) assert.ok(part.length <= 78, part);
      }
    }),
  );
});

test('no line exceeds 998 characters even without a blank in the value', () => {
  const written = line('X-A', 'x'.repeat(5000));
  for (const part of written.split('\r\n')) assert.ok(part.length <= 998);
  assert.equal(new HeaderBlock(Buffer.from(written)).text('X-A'), 'x'.repeat(5000));
});
