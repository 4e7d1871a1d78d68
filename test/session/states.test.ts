import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { renderStates, statesFile } from '../../docs/generate-states.ts';
import {
  legalStates,
  type Move,
  nextState,
  type SessionState,
  transitions,
} from '../../src/session/states.ts';

const states: readonly SessionState[] = ['AUTHORIZATION', 'TRANSACTION', 'UPDATE', 'ENDED'];
const moves: readonly Move[] = ['logged in', 'QUIT', 'updated', 'login limit', 'lost'];

test('docs/states.md is what the table generates', () => {
  assert.equal(readFileSync(statesFile, 'utf8'), renderStates());
});

test('every move from every state is either in the table or refused', () => {
  for (const from of states) {
    for (const move of moves) {
      const found = transitions.filter((each) => each.from === from && each.move === move);
      assert.ok(found.length <= 1, `${from} ${move} is ambiguous`);
      if (found[0] !== undefined) assert.equal(nextState(from, move), found[0].to);
      else assert.throws(() => nextState(from, move), /no transition/);
    }
  }
});

test('only QUIT leads to UPDATE, and only from TRANSACTION', () => {
  const ways = transitions.filter((each) => each.to === 'UPDATE');
  assert.deepEqual(ways, [{ from: 'TRANSACTION', move: 'QUIT', to: 'UPDATE' }]);
});

test('nothing leads out of ENDED, and everything can end', () => {
  assert.deepEqual(
    transitions.filter((each) => each.from === 'ENDED'),
    [],
  );
  for (const from of states.filter((state) => state !== 'ENDED')) {
    assert.equal(nextState(from, 'lost'), 'ENDED');
  }
});

test('no command is legal in UPDATE or ENDED', () => {
  for (const [command, legal] of Object.entries(legalStates)) {
    assert.ok(legal.length > 0, command);
    assert.ok(!legal.includes('UPDATE') && !legal.includes('ENDED'), command);
  }
});

test('no command that gives a password is legal after login, none that reads mail before it', () => {
  for (const name of ['USER', 'PASS', 'AUTH', 'STLS'] as const) {
    assert.deepEqual(legalStates[name], ['AUTHORIZATION']);
  }
  for (const name of ['STAT', 'LIST', 'UIDL', 'RETR', 'TOP', 'DELE', 'NOOP', 'RSET'] as const) {
    assert.deepEqual(legalStates[name], ['TRANSACTION']);
  }
});
