import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isCovered, toNamePattern, toServerName, wildcardOf } from '../../src/base/dns-name.ts';

const label63 = 'a'.repeat(63);

const names: readonly (readonly [text: string, name: string | undefined])[] = [
  ['pop.example.net', 'pop.example.net'],
  ['POP.Example.NET', 'pop.example.net'],
  ['pop.example.net.', 'pop.example.net'],
  ['pop.example.net..', undefined],
  ['localhost', 'localhost'],
  ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ['mail_1.example', 'mail_1.example'],
  [`${label63}.example`, `${label63}.example`],
  [`${label63}a.example`, undefined],
  [`${Array(4).fill(label63).join('.')}`, undefined],
  [
    `${Array(3).fill(label63).join('.')}.${'a'.repeat(61)}`,
    `${Array(3).fill(label63).join('.')}.${'a'.repeat(61)}`,
  ],
  ['a'.repeat(255), undefined],
  ['', undefined],
  ['.', undefined],
  ['.example', undefined],
  ['a..example', undefined],
  ['-a.example', undefined],
  ['a-.example', undefined],
  ['*.example', undefined],
  ['pop.example\0.evil', undefined],
  ['pop.example\r\nX', undefined],
  ['pop example', undefined],
  ['pop.exämple', undefined],
  ['pop.example/..', undefined],
  ['192.0.2.1', undefined],
  ['192.0.2.1.', undefined],
  ['3221225985', undefined],
  ['0x7f.1', undefined],
  ['a.0x7f000001', undefined],
  ['::1', undefined],
  ['[::1]', undefined],
  ['2001:db8::1', undefined],
  ['K\u212aelvin.example', undefined],
];

for (const [text, name] of names) {
  test(`${JSON.stringify(text.slice(0, 40))} is ${name === undefined ? 'no name' : 'a name'}`, () => {
    assert.equal(toServerName(text), name);
  });
}

test('what is a name stays as it is, whatever it was before', () => {
  const text = fc.oneof(fc.domain(), fc.string({ unit: 'binary', maxLength: 300 }));
  fc.assert(
    fc.property(text, (asked) => {
      const name = toServerName(asked);
      if (name === undefined) return;
      assert.equal(toServerName(name), name);
      assert.match(name, /^[a-z0-9._-]{1,253}$/);
    }),
  );
});

test('a star stands for one whole label, the first', () => {
  assert.ok(isCovered('pop.example.net', 'pop.example.net'));
  assert.ok(isCovered('pop.example.net', '*.example.net'));
  assert.ok(!isCovered('example.net', '*.example.net'));
  assert.ok(!isCovered('a.pop.example.net', '*.example.net'));
  assert.ok(!isCovered('localhost', '*'));
  assert.equal(wildcardOf('localhost'), undefined);
  assert.equal(toNamePattern('*.Example.net'), '*.example.net');
  for (const text of [
    '*',
    'p*.example.net',
    '*p.example.net',
    '*.*.net',
    'a.*.net',
    '*.192.0.2.1',
  ]) {
    assert.equal(toNamePattern(text), undefined, text);
  }
});
