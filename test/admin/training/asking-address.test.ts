import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askingAddress } from '../../../src/admin/training/asking-address.ts';
import { NetworkSet, parseNetwork } from '../../../src/base/network.ts';

const networks = ['127.0.0.0/8', '::1'].flatMap((text) => parseNetwork(text) ?? []);
const proxies = new NetworkSet(networks);

const cases: readonly (readonly [string | undefined, string | string[] | undefined, string])[] = [
  ['192.0.2.1', undefined, '192.0.2.1'],
  ['192.0.2.1', '198.51.100.9', '192.0.2.1'],
  ['::ffff:127.0.0.1', '198.51.100.9', '198.51.100.9'],
  ['127.0.0.1', '203.0.113.7, 198.51.100.9', '198.51.100.9'],
  ['::1', ['203.0.113.7', '2001:db8::9'], '2001:db8::9'],
  ['127.0.0.1', 'unknown', '127.0.0.1'],
  ['127.0.0.1', '', '127.0.0.1'],
  ['127.0.0.1', `${'9'.repeat(1000)}`, '127.0.0.1'],
  [undefined, '198.51.100.9', ''],
];

for (const [peer, forwarded, expected] of cases) {
  test(`${peer} with ${JSON.stringify(forwarded)?.slice(0, 40)} is ${expected || 'nobody'}`, () => {
    assert.equal(askingAddress(peer, forwarded, proxies), expected);
  });
}
