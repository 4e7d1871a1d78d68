import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format, inspect } from 'node:util';
import { AppError, explain, toAppError } from '../../src/base/errors.ts';

test('an error is temporary unless it says otherwise', () => {
  const options = { fault: 'proxy', publicText: 'no room' } as const;
  assert.equal(new AppError('X', options).responseCode, 'SYS/TEMP');
  assert.equal(new AppError('X', { ...options, responseCode: 'IN-USE' }).responseCode, 'IN-USE');
  assert.equal(new AppError('X', { ...options, responseCode: 'none' }).responseCode, undefined);
});

test('a client reads the words of the upstream where there are any', () => {
  const options = { fault: 'upstream', publicText: 'refused by the mail server' } as const;
  assert.equal(new AppError('X', options).clientText, 'refused by the mail server');
  const error = new AppError('X', { ...options, peerText: 'wrong password hunter2' });
  assert.equal(error.clientText, 'wrong password hunter2');
});

test('no printing of an error shows the words of the upstream', () => {
  const peerText = 'wrong password hunter2';
  const error = new AppError('X', { fault: 'upstream', publicText: 'refused', peerText });
  const outer = new Error('outer', { cause: error });
  for (const printed of [
    inspect(outer, { showHidden: true, depth: 9 }),
    format('%o %O %s %j', error, error, error, error),
    JSON.stringify(error),
    JSON.stringify({ ...error }),
    explain(outer),
    String(error.stack),
  ]) {
    assert.doesNotMatch(printed, /hunter2/);
  }
});

test('an error of ours stays what it is, any other is a fault of the proxy', () => {
  const ours = new AppError('X', { fault: 'client', publicText: 'x' });
  assert.equal(toAppError(ours), ours);
  const cause = new TypeError('undefined is not a function');
  const wrapped = toAppError(cause);
  assert.equal(wrapped.code, 'INTERNAL');
  assert.equal(wrapped.fault, 'proxy');
  assert.equal(wrapped.cause, cause);
  assert.doesNotMatch(wrapped.clientText, /function/);
});

test('an explanation goes down the causes, in one line, and says nothing twice', () => {
  const error = new AppError('UPSTREAM_UNREACHABLE', {
    fault: 'upstream',
    publicText: 'cannot be reached',
    cause: new Error('connect\n  ECONNREFUSED', { cause: new Error('connect ECONNREFUSED') }),
  });
  assert.equal(explain(error), 'UPSTREAM_UNREACHABLE: cannot be reached: connect ECONNREFUSED');
  assert.equal(explain('just text'), 'just text');
  assert.equal(explain(undefined), 'undefined');
});

test('an explanation ends where causes go round in a circle', () => {
  const error = new Error('one');
  error.cause = new Error('two', { cause: error });
  assert.equal(explain(error), 'one: two');
});
