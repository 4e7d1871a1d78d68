import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queryName } from '../../../plugins/dns-lists/query-name.ts';

const nibbles = (text: string) => [...text].join('.');

for (const [kind, text, expected] of [
  ['address', '192.0.2.99', '99.2.0.192.dnsbl.example'],
  [
    'address',
    '2001:db8:1:2:3:4:567:89ab',
    `${nibbles('ba9876504000300020001000')}.8.b.d.0.1.0.0.2.dnsbl.example`,
  ],
  ['address', '2001:db8::1', `${nibbles('1000000000000000000000008bd01002')}.dnsbl.example`],
  ['address', '::1', `${nibbles(`1${'0'.repeat(31)}`)}.dnsbl.example`],
  [
    'address',
    '64:ff9b::192.0.2.1',
    `${nibbles('1020000c')}.${nibbles('0000000000000000b9ff4600')}.dnsbl.example`,
  ],
  ['domain', 'example.com', 'example.com.dnsbl.example'],
  ['domain', `${'a'.repeat(60)}.`.repeat(4), undefined],
  ['address', 'nonsense', undefined],
] as const) {
  test(`a list is asked about ${text.slice(0, 40)} as ${expected}`, () => {
    assert.equal(queryName({ kind, text }, 'dnsbl.example'), expected);
  });
}
