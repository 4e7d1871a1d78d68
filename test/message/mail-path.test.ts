import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toMailPath } from '../../src/message/mail-path.ts';

for (const [text, path] of [
  ['<joe@example.org>', 'joe@example.org'],
  ['joe+tag@example.org', 'joe+tag@example.org'],
  ['<>', ''],
  ['<bounce+joe=example.net@lists.example.org>', 'bounce+joe=example.net@lists.example.org'],
  ['<j\xc3\xb6rg@example.org>', 'j\xc3\xb6rg@example.org'],
  ['<joe@[192.0.2.1]>', 'joe@[192.0.2.1]'],
  ['', undefined],
  ['joe', undefined],
  ['<joe@example.org', undefined],
  ['<joe@example.org> SIZE=1', undefined],
  ['<joe@example.org>,<ann@example.org>', undefined],
  ['<"joe smith"@example.org>', undefined],
  ['<joe@example.org\r\nRCPT TO:<ann@example.org>', undefined],
  [`<${'j'.repeat(300)}@example.org>`, undefined],
] as const) {
  test(`${JSON.stringify(text.slice(0, 50))} is ${path === undefined ? 'no path' : 'a path'}`, () => {
    assert.equal(toMailPath(text), path);
  });
}

test('a path that is one can stand on a line of another protocol', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (local, domain) => {
      const path = toMailPath(`<${local}@${domain}>`) ?? '';
      assert.doesNotMatch(path, /[\0-\x20<>\x7f]/);
    }),
  );
});
