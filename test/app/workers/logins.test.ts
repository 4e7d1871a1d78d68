import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommonLogins } from '../../../src/app/workers/common-logins.ts';
import { WorkerLogins } from '../../../src/app/workers/worker-logins.ts';
import type { LoginsConfig } from '../../../src/config/schema.ts';
import type { LoginKeys } from '../../../src/proxy/logins/login-gate.ts';
import { FakeClock, settled } from '../../helpers/fake-clock.ts';
import { recordingLogger } from '../../helpers/recording-logger.ts';

const limits: LoginsConfig = {
  failuresPerAddress: 3,
  failuresPerAccount: 100,
  failuresPerUpstream: 100,
  firstDelayMs: 1000,
  maxDelayMs: 10_000,
  forgetAfterMs: 600_000,
  samePasswordMs: 60_000,
  maxEntries: 1000,
  sharedAddresses: [],
  unknownUsers: 'shown',
};
const words = { text: 'no', responseCode: 'AUTH' } as const;

/** What crosses between processes is JSON. */
function crossed<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

class Workers {
  readonly clock = new FakeClock();
  readonly common = new CommonLogins(limits, { clock: this.clock, log: recordingLogger() });
  asked = 0;
  told = 0;

  join(): WorkerLogins {
    const listener = {
      // What is sent to another process is heard later.
      suspect: async (suspicions: Parameters<WorkerLogins['suspect']>[0]) => {
        await settled();
        worker.suspect(crossed(suspicions));
      },
    };
    const office = {
      ask: async (keys: LoginKeys) => {
        this.asked += 1;
        return crossed(this.common.ask(crossed(keys)));
      },
      accepted: (keys: LoginKeys) => {
        this.told += 1;
        this.common.accepted(crossed(keys));
      },
      wrongPassword: async (keys: LoginKeys, said: typeof words) => {
        await this.common.wrongPassword(crossed(keys), crossed(said));
      },
      knows: async (name: string) => this.common.knows(name),
    };
    const worker: WorkerLogins = new WorkerLogins(
      office as ConstructorParameters<typeof WorkerLogins>[0],
      this.common.join(listener),
      this.clock,
    );
    return worker;
  }
}

let passwords = 0;

function login(changes: Partial<LoginKeys> = {}): LoginKeys {
  passwords += 1;
  const names = { network: 'n', name: 'anna', account: 'a', upstream: 'u' };
  return { ...names, secret: `s${passwords}`, ...changes };
}

test('a password that one worker has seen refused is refused by all, also by those that come later', async () => {
  const workers = new Workers();
  const [one, other] = [workers.join(), workers.join()];
  const keys = login();
  assert.deepEqual(one.ask(keys), { kind: 'granted' });
  await one.wrongPassword(keys, words);
  const refused = { kind: 'samePassword', words };
  for (const worker of [one, other, workers.join()]) {
    assert.deepEqual(await worker.ask(keys), refused);
  }
});

test('all have the same key for digests', () => {
  const workers = new Workers();
  const keys = [workers.join(), workers.join()].map(({ digestKey }) => digestKey.toString('hex'));
  assert.equal(keys[0], keys[1]);
  assert.equal(keys[0]?.length, 64);
});

test('failures at all workers count together; nobody else is asked for', async () => {
  const workers = new Workers();
  const both = [workers.join(), workers.join()];
  for (let time = 0; time < 4; time += 1) await both[time % 2]?.wrongPassword(login(), words);
  for (const worker of both) assert.equal((await worker.ask(login())).kind, 'delayed');
  assert.equal(workers.asked, 2);
  for (const worker of both) {
    const keys = login({ network: 'elsewhere', name: 'b', account: 'b' });
    assert.deepEqual(worker.ask(keys), { kind: 'granted' });
  }
  assert.equal(workers.asked, 2);
  await workers.clock.advance(3_600_000);
  assert.deepEqual(both[0]?.ask(login()), { kind: 'granted' });
});

test('the supervisor hears of a login that it knows once in a second at most', async () => {
  const workers = new Workers();
  await workers.clock.advance(1);
  const one = workers.join();
  const keys = login();
  for (let time = 0; time < 100; time += 1) one.accepted(keys);
  assert.equal(workers.told, 1);
  one.accepted(login({ network: 'elsewhere' }));
  assert.equal(workers.told, 2);
  await workers.clock.advance(1001);
  one.accepted(keys);
  assert.equal(workers.told, 3);
  assert.equal(await one.knows('anna'), true);
  assert.equal(await one.knows('berta'), false);
});

test('a login that succeeds at one worker is familiar to all', async () => {
  const workers = new Workers();
  const [one, other] = [workers.join(), workers.join()];
  one.accepted(login());
  for (let time = 0; time < 10; time += 1) {
    await other.wrongPassword(login({ account: `made up ${time}` }), words);
  }
  assert.deepEqual(await other.ask(login()), { kind: 'granted' });
  assert.equal((await other.ask(login({ account: 'b' }))).kind, 'delayed');
});

test('other limits hold for what was counted before', async () => {
  const workers = new Workers();
  const one = workers.join();
  for (let time = 0; time < 4; time += 1) await one.wrongPassword(login(), words);
  workers.common.setLimits({ ...limits, failuresPerAddress: undefined });
  assert.deepEqual(await one.ask(login()), { kind: 'granted' });
});
