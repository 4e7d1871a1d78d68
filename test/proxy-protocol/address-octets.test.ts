import assert from 'node:assert/strict';
import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatAddress,
  parseIpv4,
  parseIpv6,
  toIpv6,
  toShortest,
} from '../../src/proxy-protocol/address-octets.ts';

const refusedIpv4: readonly string[] = [
  '',
  '1.2.3',
  '1.2.3.4.5',
  '1.2.3.',
  '.1.2.3',
  '01.2.3.4',
  '1.2.3.004',
  '256.1.1.1',
  '1.2.3.4 ',
  '1.2.3.+4',
  '0x1.2.3.4',
  '16909060',
  '::1',
];

for (const text of refusedIpv4) {
  test(`"${text}" is no IPv4 address`, () => {
    assert.equal(parseIpv4(text), undefined);
  });
}

const refusedIpv6: readonly string[] = [
  '',
  ':',
  ':::',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1::2::3',
  '1:2:3:4:5:6:7::8',
  '12345::',
  'g::',
  ':1::',
  '::1:',
  'fe80::1%eth0',
  '[::1]',
  '::1.2.3.4',
  '::ffff:1.2.3',
  '::ffff:01.2.3.4',
  '1.2.3.4',
  '::1 ',
];

for (const text of refusedIpv6) {
  test(`"${text}" is no IPv6 address here`, () => {
    assert.equal(parseIpv6(text), undefined);
  });
}

const written: readonly [text: string, shortest: string][] = [
  ['0:0:0:0:0:0:0:0', '::'],
  ['::1', '::1'],
  ['2001:0DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ['::FFFF:c000:201', '::ffff:192.0.2.1'],
];

for (const [text, shortest] of written) {
  test(`${text} is written ${shortest}`, () => {
    const octets = parseIpv6(text);
    assert.ok(octets);
    assert.equal(formatAddress(octets), shortest);
  });
}

test('a mapped address is the IPv4 address that it is, and back', () => {
  const mapped = parseIpv6('::ffff:192.0.2.1');
  assert.ok(mapped);
  assert.equal(formatAddress(toShortest(mapped)), '192.0.2.1');
  assert.deepEqual(toIpv6(toShortest(mapped)), mapped);
});

test('any IPv6 address is read back from its text, which is as short as the system writes it', () => {
  const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
      // The system writes the deprecated ::1.2.3.4 with dots, which RFC 5952 does not.
      fc.pre(groups.slice(0, 6).some((value) => value !== 0));
      const octets = Buffer.alloc(16);
      for (const [index, value] of groups.entries()) octets.writeUInt16BE(value, 2 * index);
      const text = formatAddress(octets);
      assert.equal(text, new SocketAddress({ address: text, family: 'ipv6' }).address);
      assert.deepEqual(parseIpv6(text), octets);
    }),
  );
});

test('what is an address here is one everywhere', () => {
  const text = fc.string({ unit: fc.constantFrom(...'0123456789abcf:.'), maxLength: 24 });
  fc.assert(
    fc.property(fc.oneof(text, fc.ipV4(), fc.ipV6()), (each) => {
      if (parseIpv4(each) !== undefined) assert.ok(isIPv4(each), each);
      if (parseIpv6(each) !== undefined) assert.ok(isIPv6(each), each);
      if (isIPv4(each)) assert.ok(parseIpv4(each), each);
      if (isIPv6(each) && !each.includes('.')) assert.ok(parseIpv6(each), each);
    }),
    { numRuns: 5000 },
  );
});
