import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseNetwork } from '../../src/base/network.ts';
import { embeddedAddresses, isSpecial, purposeOf } from '../../src/base/special-networks.ts';

const purposes: Readonly<Record<string, string>> = {
  '0.0.0.0': 'this network',
  '0.1.2.3': 'this network',
  '10.255.255.255': 'private',
  '100.64.0.1': 'shared',
  '100.127.255.254': 'shared',
  '127.0.0.1': 'loopback',
  '127.255.255.254': 'loopback',
  '169.254.169.254': 'link-local',
  '172.16.0.1': 'private',
  '172.31.255.255': 'private',
  '192.0.0.8': 'protocol assignments',
  '192.0.2.1': 'documentation',
  '192.88.99.1': 'relay',
  '192.168.1.1': 'private',
  '198.18.0.1': 'benchmarking',
  '198.19.255.255': 'benchmarking',
  '198.51.100.7': 'documentation',
  '203.0.113.7': 'documentation',
  '224.0.0.1': 'multicast',
  '239.255.255.255': 'multicast',
  '240.0.0.1': 'reserved',
  '255.255.255.255': 'reserved',
  '::': 'this network',
  '::1': 'loopback',
  '::127.0.0.1': 'embedded IPv4',
  '::ffff:127.0.0.1': 'loopback',
  '::ffff:7f00:1': 'loopback',
  '::ffff:0:127.0.0.1': 'embedded IPv4',
  '64:ff9b::7f00:1': 'embedded IPv4',
  '64:ff9b:1::a00:1': 'embedded IPv4',
  '100::1': 'reserved',
  '2001::1': 'embedded IPv4',
  '2001:2::1': 'benchmarking',
  '2001:20::1': 'protocol assignments',
  '2001:db8::1': 'documentation',
  '2002:7f00:1::1': 'embedded IPv4',
  '3fff:fff::1': 'documentation',
  '5f00::1': 'reserved',
  'fc00::1': 'private',
  'fd00:ec2::254': 'private',
  'fe80::1': 'link-local',
  'fe80::1%eth0': 'link-local',
  'fec0::1': 'private',
  'ff02::1': 'multicast',
};

for (const [address, purpose] of Object.entries(purposes)) {
  test(`${address} is ${purpose}`, () => {
    assert.equal(purposeOf(address), purpose);
  });
}

for (const address of [
  '1.1.1.1',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '128.0.0.1',
  '172.15.255.255',
  '172.32.0.0',
  '192.0.1.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2001:200::1',
  '2001:4860:4860::8888',
  '2003::1',
  '2a00:1450::1',
  '3ffe::1',
]) {
  test(`${address} is public`, () => {
    assert.equal(purposeOf(address), undefined);
  });
}

const networks: Readonly<Record<string, boolean>> = {
  '10.0.0.0/8': true,
  '10.1.2.3': true,
  '10.0.0.0/7': false,
  '0.0.0.0/0': false,
  '::/0': false,
  '2000::/3': false,
  'fd00::/8': true,
  '64:ff9b::/96': true,
  '::ffff:10.0.0.0/104': true,
  '198.51.100.0/24': true,
  '8.8.8.0/24': false,
};

for (const [text, expected] of Object.entries(networks)) {
  test(`${text} is ${expected ? '' : 'not '}within a special network`, () => {
    assert.equal(isSpecial(parseNetwork(text) ?? assert.fail()), expected);
  });
}

test('addresses are found in those of NAT64, 6to4 and Teredo', () => {
  assert.deepEqual(embeddedAddresses('64:ff9b::192.168.1.2'), ['192.168.1.2']);
  assert.deepEqual(embeddedAddresses('64:ff9b::c0a8:102'), ['192.168.1.2']);
  assert.deepEqual(embeddedAddresses('64:ff9b:1::a00:1'), ['10.0.0.1']);
  assert.deepEqual(embeddedAddresses('2002:a00:1::5'), ['10.0.0.1']);
  assert.deepEqual(embeddedAddresses('2001:0:4136:e378:8000:63bf:3fff:fdd2'), [
    '65.54.227.120',
    '192.0.2.45',
  ]);
  assert.deepEqual(embeddedAddresses('2a00::1'), []);
  assert.deepEqual(embeddedAddresses('10.0.0.1'), []);
  assert.deepEqual(embeddedAddresses('pop.example'), []);
});

test('an address comes out of every way to write it', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
      const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
      for (const text of [
        `64:ff9b::${address}`,
        `64:ff9b::${hex}`,
        `0064:FF9B:0:0:0:0:${hex}`,
        `2002:${hex}::`,
        `2002:${hex}:1:2:3:4:5`,
      ]) {
        assert.deepEqual(embeddedAddresses(text), [address], text);
      }
    }),
  );
});
