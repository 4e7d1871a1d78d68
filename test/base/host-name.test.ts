import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseHost } from '../../src/base/host-name.ts';

const hosts: readonly (readonly [string, 'name' | 'address', string])[] = [
  ['pop.example.net', 'name', 'pop.example.net'],
  ['POP.Example.NET', 'name', 'pop.example.net'],
  ['pop', 'name', 'pop'],
  ['a-b.c--d.example', 'name', 'a-b.c--d.example'],
  ['1and1.example', 'name', '1and1.example'],
  ['xn--bcher-kva.example', 'name', 'xn--bcher-kva.example'],
  [`${'a'.repeat(63)}.example`, 'name', `${'a'.repeat(63)}.example`],
  ['192.0.2.1', 'address', '192.0.2.1'],
  ['2001:DB8:0:0::1', 'address', '2001:db8::1'],
  ['::ffff:192.0.2.1', 'address', '192.0.2.1'],
  ['::FFFF:C000:201', 'address', '192.0.2.1'],
];

for (const [text, kind, canonical] of hosts) {
  test(`${text} is the ${kind} ${canonical}`, () => {
    assert.deepEqual(parseHost(text), { kind, text: canonical });
  });
}

for (const text of [
  '',
  '.',
  'pop.example.net.',
  '.example.net',
  'pop..example.net',
  '-pop.example.net',
  'pop-.example.net',
  'pop_1.example.net',
  `${'a'.repeat(64)}.example`,
  `${'a.'.repeat(127)}example`,
  'pop.example.net ',
  'pop.example.net\r\n',
  'pop.example.net\0.example.org',
  'pop.example.net%00',
  'p\u043ep.example.net',
  '\uff50op.example.net',
  'pop\u3002example\u3002net',
  'boo\u212a.example',
  'b\u00fccher.example',
  '2130706433',
  '0x7f000001',
  '0X7F000001',
  '017700000001',
  '127.1',
  '127.0.1',
  '0177.0.0.1',
  '0x7f.0.0.1',
  '127.0.0.0x1',
  '010.0.0.1',
  '127.0.0.1.',
  '1.2.3.4.5',
  '256.0.0.1',
  'pop.example.0x',
  'pop.example.123',
  '[::1]',
  '[127.0.0.1]',
  'fe80::1%eth0',
  '::1%lo',
  '127.0.0.1%lo',
  ':::1',
  'kim@pop.example.net',
  'pop.example.net:110',
  'pop.example.net/x',
  'http://pop.example.net',
  '*.example.net',
]) {
  test(`${JSON.stringify(text)} is no host`, () => {
    assert.equal(parseHost(text), undefined);
  });
}

test('what has been parsed is parsed again to the same', () => {
  const pieces = fc.constantFrom('a', 'Z', '0', '9', '.', '-', ':', '::', 'x', 'ffff', '%', '127');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((all) => all.join('')),
        fc.ipV6(),
        fc.domain(),
      ),
      (text) => {
        const host = parseHost(text);
        if (host !== undefined) assert.deepEqual(parseHost(host.text), host);
      },
    ),
  );
});
