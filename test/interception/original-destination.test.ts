import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { redirectedFrom } from '../../src/interception/original-destination.ts';
import type { CallOutcome, SocketOption } from '../../src/interception/socket-calls.ts';

/** Answers every call so. */
function callsThat(outcome: CallOutcome, asked: SocketOption[] = []) {
  const answer = (_socket: unknown, option: SocketOption): CallOutcome => {
    asked.push(option);
    return outcome;
  };
  return { getOption: answer, setOption: answer };
}

function socketFrom(remoteAddress: string): Socket {
  return Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress });
}

for (const [address, level] of [
  ['192.0.2.1', 0],
  ['::ffff:192.0.2.1', 0],
  ['2001:db8::1', 41],
] as const) {
  test(`for a client at ${address} the firewall is asked at level ${level}`, () => {
    const asked: SocketOption[] = [];
    redirectedFrom(callsThat({ kind: 'done' }, asked))(socketFrom(address));
    assert.deepEqual(asked, [{ level, name: 80 }]);
  });
}

for (const code of ['ENOENT', 'ENOPROTOOPT']) {
  test(`${code} means that nothing has redirected the connection`, () => {
    const read = redirectedFrom(callsThat({ kind: 'failed', code }));
    assert.equal(read(socketFrom('192.0.2.1')), undefined);
  });
}

test('any other failure is one of this machine', () => {
  const read = redirectedFrom(callsThat({ kind: 'failed', code: 'EPERM' }));
  assert.throws(() => read(socketFrom('192.0.2.1')), { code: 'INTERCEPT_FAILED' });
});
