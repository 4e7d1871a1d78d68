import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { clientNetwork } from '../../../src/proxy/logins/client-network.ts';

const cases: readonly (readonly [string, string])[] = [
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['2001:db8:0001::', '2001:db8:1:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
  ['', ''],
  ['not an address', 'not an address'],
];

for (const [address, network] of cases) {
  test(`${address || 'no address'} counts as ${network || 'no address'}`, () => {
    assert.equal(clientNetwork(address), network);
  });
}

test('however an address is written, it lies in its network', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const [network = ''] = clientNetwork(address).split('/');
      const list = new BlockList();
      list.addSubnet(network, 64, 'ipv6');
      assert.ok(list.check(address, 'ipv6'), `${address} ${network}`);
    }),
  );
});
