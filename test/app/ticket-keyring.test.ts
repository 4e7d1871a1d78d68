import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TicketKeyring } from '../../src/app/ticket-keyring.ts';
import { Secret } from '../../src/base/secret.ts';
import { randomTicketKeys } from '../../src/tls/ticket-keys.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

const dayMs = 86_400_000;
const without = { sessionTickets: { secret: undefined } };

test('keys that are made here hold for a day', async () => {
  const clock = new FakeClock();
  const keyring = new TicketKeyring(clock, undefined);
  const first = keyring.present(without);
  await clock.advance(dayMs - 1);
  assert.deepEqual(keyring.present(without), first);
  await clock.advance(1);
  assert.notDeepEqual(keyring.present(without), first);
});

test('keys that are made here hold for a day, whatever becomes of the clock', async () => {
  const clock = new FakeClock();
  const keyring = new TicketKeyring(clock, undefined);
  const first = keyring.present(without);
  const startMs = clock.nowMs();
  clock.nowMs = () => startMs - 400 * dayMs;
  await clock.advance(dayMs);
  assert.notDeepEqual(keyring.present(without), first);
});

test('keys of the supervisor hold until it tells others', () => {
  const [first, second] = [randomTicketKeys(), randomTicketKeys()];
  const keyring = new TicketKeyring(new FakeClock(), first);
  assert.equal(keyring.present(without), first);
  keyring.hear(second);
  assert.equal(keyring.present(without), second);
});

test('with a secret all hosts have the same keys, each day others', async () => {
  const clock = new FakeClock();
  const config = { sessionTickets: { secret: Secret.fromText('of all hosts') } };
  const [here, there] = [
    new TicketKeyring(clock, randomTicketKeys()),
    new TicketKeyring(clock, undefined),
  ];
  const today = here.present(config);
  assert.deepEqual(there.present(config), today);
  await clock.advance(dayMs);
  assert.notDeepEqual(here.present(config), today);
  assert.deepEqual(there.present(config), here.present(config));
  const other = { sessionTickets: { secret: Secret.fromText('of nobody') } };
  assert.notDeepEqual(here.present(other), here.present(config));
});
