import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NetworkSet, parseNetwork } from '../../src/base/network.ts';

function setOf(...texts: string[]): NetworkSet {
  return new NetworkSet(
    texts.map((text) => parseNetwork(text) ?? assert.fail(`${text} is no network`)),
  );
}

const memberships: readonly (readonly [string, string, boolean])[] = [
  ['192.168.0.0/16', '192.168.255.1', true],
  ['192.168.0.0/16', '192.169.0.1', false],
  ['192.168.0.0/16', '::ffff:192.168.3.4', true],
  ['192.168.3.4/16', '192.168.0.1', true],
  ['127.0.0.1', '127.0.0.1', true],
  ['127.0.0.1', '127.0.0.2', false],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['0.0.0.0/0', '::1', false],
  ['::/0', '2001:db8::1', true],
  ['::/0', '203.0.113.9', false],
  ['::/0', '::ffff:203.0.113.9', false],
  ['::1/128', '::1', true],
  ['::1', '0:0:0:0:0:0:0:1', true],
  ['::1', '127.0.0.1', false],
  ['2001:DB8::/32', '2001:db8:ffff::1', true],
  ['2001:db8::/32', '2001:db9::1', false],
  ['fe80::/10', 'fe80::1%eth0', true],
  ['::ffff:10.0.0.0/104', '10.20.30.40', true],
  ['::ffff:a00:0/104', '10.20.30.40', true],
  ['::ffff:10.0.0.0/104', '11.0.0.1', false],
  ['::ffff:10.0.0.1', '10.0.0.1', true],
  ['192.168.0.0/16', 'not an address', false],
  ['192.168.0.0/16', '', false],
  ['192.168.0.0/16', '192.168.0.1 ', false],
];

for (const [network, address, isMember] of memberships) {
  test(`${address} lies ${isMember ? 'in' : 'outside'} ${network}`, () => {
    assert.equal(setOf(network).contains(address), isMember);
  });
}

test('an address in one of several networks is found, and none is in an empty set', () => {
  assert.equal(setOf('10.0.0.0/8', '::1').contains('::1'), true);
  assert.equal(new NetworkSet([]).contains('10.0.0.1'), false);
});

for (const text of [
  '',
  '/',
  '10.0.0.0/',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/08x',
  '10.0.0/8',
  '10.0.0.256',
  '010.0.0.1',
  '::/129',
  '::ffff:10.0.0.1/129',
  'fe80::1%eth0',
  'fe80::%eth0/10',
  'localhost',
  '10.0.0.0/8/8',
  ' 10.0.0.0/8',
]) {
  test(`${JSON.stringify(text)} is no network`, () => {
    assert.equal(parseNetwork(text), undefined);
  });
}

const anyIpv4 = fc.integer({ min: 0, max: 0xffff_ffff });

function dotted(bits: number): string {
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join('.');
}

test('membership of IPv4 is equality of the leading bits', () => {
  fc.assert(
    fc.property(anyIpv4, anyIpv4, fc.integer({ min: 0, max: 32 }), (base, noise, prefix) => {
      // Shares a random number of leading bits with the base.
      const address = prefix === 0 ? noise : (base ^ (noise >>> (prefix - 1))) >>> 0;
      const mask = prefix === 0 ? 0 : (-1 << (32 - prefix)) >>> 0;
      const isMember = (base & mask) >>> 0 === (address & mask) >>> 0;
      const networks = setOf(`${dotted(base)}/${prefix}`);
      assert.equal(networks.contains(dotted(address)), isMember);
      assert.equal(networks.contains(`::ffff:${dotted(address)}`), isMember);
    }),
  );
});

test('any text is either a network or refused, never an exception', () => {
  const pieces = fc.constantFrom('10', '.', ':', '::', '/', 'f', 'ffff', '0', '%', '256', ' ');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((all) => all.join('')),
      ),
      (text) => {
        const network = parseNetwork(text);
        if (network !== undefined) new NetworkSet([network]).contains(text);
      },
    ),
  );
});
