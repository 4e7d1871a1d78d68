import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNetwork } from '../../src/base/network.ts';
import { ListenerDoors } from '../../src/proxy/listener-doors.ts';

function networks(...texts: readonly string[]) {
  return texts.map((text) => {
    const network = parseNetwork(text);
    assert.ok(network);
    return network;
  });
}

test('without networks anybody is welcome', () => {
  const doors = new ListenerDoors({ networks: undefined, plainLogin: 'allowed' });
  doors.refuseStranger({ address: '192.0.2.1' });
  doors.refuseStranger({ address: '' });
});

test('with networks, only who is in one of them', () => {
  const doors = new ListenerDoors({
    networks: networks('192.0.2.0/24', '2001:db8::/32'),
    plainLogin: 'allowed',
  });
  for (const address of ['192.0.2.7', '::ffff:192.0.2.7', '2001:db8::1', '2001:db8::1%eth0']) {
    doors.refuseStranger({ address });
  }
  for (const address of ['198.51.100.1', '::1', '2001:db9::1', '', 'localhost']) {
    assert.throws(() => doors.refuseStranger({ address }), { code: 'CLIENT_NOT_WELCOME' }, address);
  }
});

test('a login without encryption is for whom the listener says', () => {
  const client = { address: '192.0.2.7' };
  const allowed = new ListenerDoors({ networks: undefined, plainLogin: 'allowed' });
  const refused = new ListenerDoors({ networks: undefined, plainLogin: 'refused' });
  const here = new ListenerDoors({ networks: undefined, plainLogin: networks('192.0.2.7') });
  const there = new ListenerDoors({ networks: undefined, plainLogin: networks('192.0.2.8') });
  assert.equal(allowed.admit(client, 'plain').kind, 'admitted');
  assert.equal(refused.admit(client, 'plain').kind, 'loginDenied');
  assert.equal(here.admit(client, 'plain').kind, 'admitted');
  assert.equal(there.admit(client, 'plain').kind, 'loginDenied');
  assert.equal(refused.admit(client, 'tls').kind, 'admitted');
});
