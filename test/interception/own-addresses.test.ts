import assert from 'node:assert/strict';
import type { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { OwnAddresses } from '../../src/interception/own-addresses.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

function interfacesWith(...addresses: string[]): ReturnType<typeof networkInterfaces> {
  const other = { netmask: '', mac: '', internal: false, cidr: null };
  return {
    eth0: addresses.map((address) =>
      address.includes(':')
        ? { address, family: 'IPv6', scopeid: 0, ...other }
        : { address, family: 'IPv4', ...other },
    ),
  };
}

const has: readonly (readonly [string, boolean])[] = [
  ['192.0.2.1', true],
  ['::ffff:192.0.2.1', true],
  ['192.0.2.2', false],
  ['2001:db8::1', true],
  ['2001:0DB8:0::0001', true],
  ['2001:db8::2', false],
  ['fe80::1%eth0', true],
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['0.0.0.0', true],
  ['::1', true],
  ['::', true],
  ['unknown', false],
];

for (const [address, isOwn] of has) {
  test(`${address} is ${isOwn ? '' : 'not '}an address of this machine`, () => {
    const own = new OwnAddresses(new FakeClock(), () =>
      interfacesWith('192.0.2.1', '2001:db8::1', 'fe80::1'),
    );
    assert.equal(own.has(address), isOwn);
  });
}

test('an address that is new is noticed, without asking for each connection', async () => {
  const clock = new FakeClock();
  let asked = 0;
  let address = '192.0.2.1';
  const own = new OwnAddresses(clock, () => {
    asked += 1;
    return interfacesWith(address);
  });
  assert.equal(own.has('192.0.2.9'), false);
  address = '192.0.2.9';
  assert.equal(own.has('192.0.2.9'), false);
  assert.equal(asked, 1);
  await clock.advance(5000);
  assert.equal(own.has('192.0.2.9'), true);
  assert.equal(own.has('192.0.2.1'), false);
});
