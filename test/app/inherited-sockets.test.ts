import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inheritedSockets } from '../../src/app/inherited-sockets.ts';

const cases: readonly (readonly [string, Record<string, string>, Record<string, number>])[] = [
  ['nothing was handed over', {}, {}],
  [
    'the first is descriptor 3',
    { LISTEN_PID: '7', LISTEN_FDS: '2', LISTEN_FDNAMES: 'pop3:pop3s' },
    { pop3: 3, pop3s: 4 },
  ],
  ['they are meant for another process', { LISTEN_PID: '8', LISTEN_FDS: '1' }, {}],
  ['one without a name is called unknown', { LISTEN_PID: '7', LISTEN_FDS: '1' }, { unknown: 3 }],
  ['a count that is none', { LISTEN_PID: '7', LISTEN_FDS: 'many' }, {}],
  ['a negative count', { LISTEN_PID: '7', LISTEN_FDS: '-1' }, {}],
];

for (const [name, env, expected] of cases) {
  test(`inherited sockets: ${name}`, () => {
    assert.deepEqual(Object.fromEntries(inheritedSockets(env, 7)), expected);
  });
}
