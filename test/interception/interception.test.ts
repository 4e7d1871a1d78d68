import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { AppError } from '../../src/base/errors.ts';
import { type DestinationReader, Interception } from '../../src/interception/interception.ts';
import { OwnAddresses } from '../../src/interception/own-addresses.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

function interceptionTo(read: DestinationReader): Interception {
  const own = new OwnAddresses(new FakeClock(), () => ({}));
  return new Interception({ read, own, isOurs: () => false, prepare: () => {} });
}

test('a diverted connection goes where its client wanted', () => {
  const destination = { address: '192.0.2.1', port: 110 };
  const interception = interceptionTo(() => destination);
  assert.deepEqual(interception.destinationOf(new Socket()), destination);
});

const direct: readonly (readonly [string, DestinationReader])[] = [
  ['to an address of this machine', () => ({ address: '127.0.0.1', port: 110 })],
  ['that nothing has diverted', () => undefined],
];

for (const [name, read] of direct) {
  test(`a connection ${name} is refused`, () => {
    assert.throws(
      () => interceptionTo(read).destinationOf(new Socket()),
      (error) => {
        assert.ok(error instanceof AppError);
        assert.equal(error.code, 'INTERCEPT_DIRECT');
        assert.equal(error.responseCode, 'SYS/PERM');
        return true;
      },
    );
  });
}

for (const [remoteAddress, isOurs, outcome] of [
  ['127.0.0.1', true, 'refused'],
  ['127.0.0.1', false, 'served'],
  ['192.0.2.9', true, 'served'],
] as const) {
  test(`a client at ${remoteAddress} that is ${isOurs ? '' : 'not '}Postern's user is ${outcome}`, () => {
    const interception = new Interception({
      read: () => ({ address: '192.0.2.1', port: 110 }),
      own: new OwnAddresses(new FakeClock(), () => ({})),
      isOurs: () => isOurs,
      prepare: () => {},
    });
    const socket = Object.defineProperties(new Socket(), {
      remoteAddress: { value: remoteAddress },
      remotePort: { value: 4711 },
    });
    const ask = () => interception.destinationOf(socket);
    if (outcome === 'refused') assert.throws(ask, { code: 'INTERCEPT_LOOP' });
    else assert.equal(ask().address, '192.0.2.1');
  });
}
