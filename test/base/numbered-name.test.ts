import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNumberedName } from '../../src/base/numbered-name.ts';

for (const [name, address, expected] of [
  ['dsl-192-0-2-1.example.net', '192.0.2.1', true],
  ['1.2.0.192.pool.example.net', '192.0.2.1', true],
  ['host-002-001.pool.example.net', '192.0.2.1', true],
  ['pc0000201.dip0.example.net', '192.0.2.1', true],
  ['u192000002001.example.net', '192.0.2.1', true],
  ['line7-7.example.net', '203.0.7.7', true],
  ['mx7.example.net', '203.0.7.7', false],
  ['mx1.example.net', '192.0.2.1', false],
  ['mail-ej1-f41.example.net', '203.0.113.41', false],
  [
    '2001-db8-1234-5678-9abc-def0-1111-2222.dyn.example.net',
    '2001:db8:1234:5678:9abc:def0:1111:2222',
    true,
  ],
  ['p200300c59abcdef011112222.dip0.example.net', '2003:c5::9abc:def0:1111:2222', true],
  ['vm-4f21.example.net', '2001:db8::4f21', true],
  ['mx1.example.net', '2001:db8::1', false],
  ['mx-9abc.example.net', '2001:db8::9abc:def0:1111:2222', false],
  ['mx1.example.net', 'mx1.example.net', false],
] as const) {
  test(`${name} of ${address} ${expected ? 'spells' : 'does not spell'} its address`, () => {
    assert.equal(isNumberedName(name, address), expected);
  });
}
