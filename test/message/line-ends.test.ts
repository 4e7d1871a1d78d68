import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toCrlf } from '../../src/message/line-ends.ts';

test('lone LFs become CRLF and existing CRLFs stay', () => {
  const cases: readonly [string, string][] = [
    ['', ''],
    ['a\nb\n', 'a\r\nb\r\n'],
    ['a\r\nb\n\n', 'a\r\nb\r\n\r\n'],
    ['\n', '\r\n'],
    ['a\rb', 'a\rb'],
  ];
  for (const [from, to] of cases) assert.equal(toCrlf(Buffer.from(from)).toString(), to);
});

test('a message with CRLF throughout is the very same buffer', () => {
  const bytes = Buffer.from('a\r\nb\r\n');
  assert.equal(toCrlf(bytes), bytes);
});

test('no lone LF is left, and doing it twice changes nothing more', () => {
  const text = fc.array(fc.constantFrom('\r', '\n', 'x')).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (content) => {
      const once = toCrlf(Buffer.from(content));
      assert.ok(!/(^|[^\r])\n/.test(once.toString()));
      assert.deepEqual(toCrlf(once), once);
    }),
  );
});
