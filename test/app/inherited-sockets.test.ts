import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forgetInherited, inheritedSockets } from '../../src/app/inherited-sockets.ts';
import { SocketStock } from '../../src/app/socket-stock.ts';

const pid = 4711;

function namesOf(env: Record<string, string>): Record<string, number> {
  return Object.fromEntries(inheritedSockets(env, pid).byName);
}

test('descriptors from 3 on belong to the names, in order', () => {
  const own = { LISTEN_PID: '4711' };
  const table: readonly [Record<string, string>, Record<string, number>][] = [
    [{}, {}],
    [{ LISTEN_FDS: '2', LISTEN_FDNAMES: 'a:b' }, {}],
    [{ ...own, LISTEN_FDS: '0' }, {}],
    [{ ...own, LISTEN_FDS: '1', LISTEN_FDNAMES: 'pop3' }, { pop3: 3 }],
    [
      { ...own, LISTEN_FDS: '4', LISTEN_FDNAMES: 'a:b:a:a' },
      { a: 3, b: 4, 'a.2': 5, 'a.3': 6 },
    ],
    [
      { ...own, LISTEN_FDS: '2' },
      { unknown: 3, 'unknown.2': 4 },
    ],
    [
      { ...own, LISTEN_FDS: '2', LISTEN_FDNAMES: 'a:' },
      { a: 3, unknown: 4 },
    ],
    [{ ...own, LISTEN_FDS: '1', LISTEN_FDNAMES: 'a:more:than:there:are' }, { a: 3 }],
  ];
  for (const [env, expected] of table) assert.deepEqual(namesOf(env), expected);
});

test('sockets for another process are left alone, and the reason is known', () => {
  const env = { LISTEN_PID: '12', LISTEN_FDS: '1', LISTEN_FDNAMES: 'pop3' };
  const { byName, refusal } = inheritedSockets(env, pid);
  assert.equal(byName.size, 0);
  assert.match(refusal ?? '', /meant for process 12, and this is 4711.*without npm/);
});

test('a count that is none takes nothing', () => {
  for (const count of ['', '-1', '1.5', '1e9', '99999', 'two', ' 1']) {
    const { byName, refusal } = inheritedSockets({ LISTEN_PID: '4711', LISTEN_FDS: count }, pid);
    assert.equal(byName.size, 0, count);
    assert.match(refusal ?? '', /LISTEN_FDS is ".*", not a number/);
  }
});

test('programs that are started find no trace of them', () => {
  const env = { LISTEN_PID: '1', LISTEN_FDS: '1', LISTEN_FDNAMES: 'a', HOME: '/' };
  forgetInherited(env);
  assert.deepEqual(env, { HOME: '/' });
});

test('a socket is there for one listener, and what none has taken is unused', () => {
  const env = { LISTEN_PID: '4711', LISTEN_FDS: '2', LISTEN_FDNAMES: 'pop3:pop3s' };
  const stock = new SocketStock(inheritedSockets(env, pid));
  assert.deepEqual(stock.unused, ['pop3', 'pop3s']);
  assert.deepEqual(stock.take(undefined).byName.size, 2);
  assert.equal(stock.take('pop3').byName.get('pop3'), 3);
  assert.deepEqual(stock.unused, ['pop3s']);
  const again = stock.take('pop3');
  assert.equal(again.byName.get('pop3'), undefined);
  assert.match(again.refusal ?? '', /after a restart/);
  for (const _ of [1, 2]) assert.equal(stock.take('smtp').refusal, undefined);
});
