import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { LoginsConfig } from '../../../src/config/schema.ts';
import { LoginDesk } from '../../../src/proxy/logins/login-desk.ts';
import type { LoginKeys } from '../../../src/proxy/logins/login-gate.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { recordingLogger } from '../../helpers/recording-logger.ts';

const limits: LoginsConfig = {
  failuresPerAddress: 3,
  failuresPerAccount: 2,
  failuresPerUpstream: 4,
  firstDelayMs: 1000,
  maxDelayMs: 8000,
  forgetAfterMs: 60_000,
  samePasswordMs: 30_000,
  maxEntries: 100,
  sharedAddresses: [],
  unknownUsers: 'shown',
};
const words = { text: 'no', responseCode: 'AUTH' } as const;
const home: LoginKeys = {
  network: 'home',
  name: 'anna',
  account: 'anna',
  secret: 'right',
  upstream: 'pop',
};

interface Attempt {
  readonly network: string;
  readonly account: string;
  readonly secret: string;
  readonly afterMs: number;
}

/** Of somebody else: from the same address at most, or for the same account at most. */
const attempt: fc.Arbitrary<Attempt> = fc
  .record({
    network: fc.constantFrom('home', 'n1', 'n2', 'n3', 'n4'),
    account: fc.constantFrom('anna', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6'),
    secret: fc.constantFrom('s1', 's2', 's3', 's4', 's5', 's6'),
    afterMs: fc.integer({ min: 0, max: 5000 }),
  })
  .filter(({ network, account }) => network !== 'home' || account !== 'anna');

const attack = fc.array(attempt, { maxLength: 150 });

/** All passwords are wrong; `home` has logged in before. */
async function attacked(attempts: readonly Attempt[]) {
  const clock = new FakeClock();
  const desk = new LoginDesk(limits, { clock, log: recordingLogger() });
  desk.accepted(home);
  let longestMs = 0;
  for (const { afterMs, ...names } of attempts) {
    await clock.advance(afterMs);
    const secret = `${names.account} ${names.secret}`;
    const keys = { ...names, secret, name: names.account, upstream: 'pop' };
    const permit = desk.ask(keys);
    if (permit.kind === 'delayed') longestMs = Math.max(longestMs, permit.afterMs);
    if (permit.kind !== 'granted' && permit.kind !== 'delayed') continue;
    desk.wrongPassword(keys, words);
  }
  return { clock, desk, longestMs };
}

test('whatever others try, who was there before may log in at once', async () => {
  await fc.assert(
    fc.asyncProperty(attack, async (attempts) => {
      const { desk } = await attacked(attempts);
      assert.deepEqual(desk.ask(home), { kind: 'granted' });
    }),
    { numRuns: 40 },
  );
});

test('nobody waits for longer than the longest delay, and everybody is free in the end', async () => {
  await fc.assert(
    fc.asyncProperty(attack, async (attempts) => {
      const { clock, desk, longestMs } = await attacked(attempts);
      assert.ok(longestMs <= limits.maxDelayMs);
      await clock.advance(limits.forgetAfterMs * 6);
      for (const network of ['home', 'n1', 'new']) {
        const keys = { ...home, network, account: 'a1', secret: `new ${network}` };
        assert.deepEqual(desk.ask(keys), { kind: 'granted' });
      }
    }),
    { numRuns: 40 },
  );
});
