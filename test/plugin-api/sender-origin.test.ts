import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleFacts } from '../../src/pipeline/testing.ts';
import {
  originOf,
  type SenderOrigin,
  tellOrigin,
  unheardSession,
} from '../../src/plugin-api/sender-origin.ts';

const proven: SenderOrigin = { signers: ['example.org'], author: 'pass' };

test('what one plugin tells reaches one that has asked before', async () => {
  const message = sampleFacts(1);
  const asked = originOf(message);
  tellOrigin(message, Promise.resolve(proven));
  assert.deepEqual(await asked, proven);
});

test('of another message, and of one of another session, nothing is known', async () => {
  const message = sampleFacts(1);
  tellOrigin(message, Promise.resolve(proven));
  assert.equal(await originOf({ ...message, number: 2 }), undefined);
  assert.equal(await originOf(sampleFacts(1)), undefined);
});

test('a plugin that fails has told nothing', async () => {
  const message = sampleFacts(1);
  tellOrigin(message, Promise.reject(new Error('the DNS is gone')));
  assert.equal(await originOf(message), undefined);
});

test('of a session the latest are remembered', async () => {
  const { session } = sampleFacts(1);
  for (let number = 1; number <= 150; number += 1) {
    tellOrigin({ session, number }, Promise.resolve(proven));
  }
  assert.equal(await originOf({ session, number: 1 }), undefined);
  assert.deepEqual(await originOf({ session, number: 150 }), proven);
});

test('who is in shadow hears what others tell, and tells nobody', async () => {
  const message = sampleFacts(1);
  const unheard = { ...message, session: unheardSession(message.session) };
  tellOrigin(unheard, Promise.resolve(proven));
  assert.equal(await originOf(message), undefined);
  tellOrigin(message, Promise.resolve(proven));
  assert.deepEqual(await originOf(unheard), proven);
});
