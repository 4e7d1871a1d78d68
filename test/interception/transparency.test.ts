import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { AppError } from '../../src/base/errors.ts';
import type { CallOutcome, SocketCalls } from '../../src/interception/socket-calls.ts';
import { makeTransparent } from '../../src/interception/transparency.ts';

const done: CallOutcome = { kind: 'done' };

/** `isTransparent` is what the system says of each socket. */
function callsWith(state: {
  readonly isTransparent?: boolean;
  readonly toSet?: CallOutcome;
}): SocketCalls {
  return {
    getOption(_socket, _option, value) {
      value.writeInt32LE(state.isTransparent === true ? 1 : 0);
      return done;
    },
    setOption: () => state.toSet ?? done,
  };
}

const failed = (code: string): CallOutcome => ({ kind: 'failed', code });

const cases: readonly (readonly [string, string | undefined, SocketCalls | undefined, RegExp])[] = [
  ['without koffi', undefined, undefined, /handed over \(key socket\), or the npm package koffi/],
  ['without the privilege', undefined, callsWith({ toSet: failed('EPERM') }), /CAP_NET_ADMIN/],
  ['for another reason', undefined, callsWith({ toSet: failed('EINVAL') }), /\(EINVAL\)/],
  ['handed over as an ordinary one', 'pop3', callsWith({}), /Transparent=yes/],
];

for (const [name, socket, calls, expected] of cases) {
  test(`a socket that is not transparent is refused: ${name}`, () => {
    assert.throws(
      () => makeTransparent(createServer(), { name: 'main', socket }, calls),
      (error) => {
        assert.ok(error instanceof AppError);
        assert.equal(error.code, 'INTERCEPT_UNAVAILABLE');
        assert.match(error.publicText, expected);
        return true;
      },
    );
  });
}

const fit: readonly (readonly [string, string | undefined, SocketCalls | undefined])[] = [
  ['opened with the privilege', undefined, callsWith({})],
  ['handed over as such', 'pop3', callsWith({ isTransparent: true })],
  ['handed over where nobody can ask', 'pop3', undefined],
];

for (const [name, socket, calls] of fit) {
  test(`a transparent socket is taken: ${name}`, () => {
    makeTransparent(createServer(), { name: 'main', socket }, calls);
  });
}
