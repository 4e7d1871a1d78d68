import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  hasContent,
  mayBecome,
  quarantineStates,
  statesBefore,
} from '../../src/stores/quarantine-states.ts';

const legal = [
  'held released',
  'held discarded',
  'held expired',
  'released collected',
  'released discarded',
  'released expired',
  'expired discarded',
];

test('these changes of state are possible and no others', () => {
  const found = quarantineStates.flatMap((from) =>
    quarantineStates.filter((to) => mayBecome(from, to)).map((to) => `${from} ${to}`),
  );
  assert.deepEqual(found.sort(), legal.sort());
});

test('content that is gone never comes back by a change of state', () => {
  for (const to of quarantineStates.filter(hasContent)) {
    assert.ok(statesBefore(to).every(hasContent), to);
  }
});
