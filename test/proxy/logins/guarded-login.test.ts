import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, type ResponseCode } from '../../../src/base/errors.ts';
import { Secret } from '../../../src/base/secret.ts';
import type { LoginsConfig } from '../../../src/config/schema.ts';
import { reasonOf, shownUser } from '../../../src/proxy/logins/failed-login.ts';
import { type GuardedAttempt, guardedLogin } from '../../../src/proxy/logins/guarded-login.ts';
import { LoginDesk } from '../../../src/proxy/logins/login-desk.ts';
import { LoginTurns } from '../../../src/proxy/logins/login-turns.ts';
import { LoginMetrics } from '../../../src/telemetry/login-metrics.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { FakeClock, settled } from '../../helpers/fake-clock.ts';
import { recordingLogger } from '../../helpers/recording-logger.ts';

const limits: LoginsConfig = {
  failuresPerAddress: 2,
  failuresPerAccount: 100,
  failuresPerUpstream: 100,
  firstDelayMs: 1000,
  maxDelayMs: 2000,
  forgetAfterMs: 600_000,
  samePasswordMs: 60_000,
  maxEntries: 1000,
  sharedAddresses: [],
  unknownUsers: 'shown',
};

function makeServices() {
  const clock = new FakeClock();
  const registry = createMetrics();
  const loginMetrics = new LoginMetrics(registry.core);
  return {
    clock,
    registry,
    loginMetrics,
    loginTurns: new LoginTurns(clock),
    loginLimits: limits,
    logins: new LoginDesk(limits, { clock, log: recordingLogger() }),
  };
}

type Services = ReturnType<typeof makeServices>;

function attempt(password: string, changes: Partial<GuardedAttempt> = {}): GuardedAttempt {
  return {
    clientAddress: '192.0.2.1',
    loginName: 'anna',
    upstreamHost: 'pop.example.net',
    credentials: { user: Buffer.from('anna'), password: Secret.fromText(password) },
    signal: new AbortController().signal,
    ...changes,
  };
}

function stranger(name: string): GuardedAttempt {
  const credentials = { user: Buffer.from(name), password: Secret.fromText('guess') };
  return attempt('', { loginName: name, credentials });
}

function refusal(responseCode: ResponseCode | 'none', peerText = 'no such luck'): AppError {
  const facts = { fault: 'upstream', publicText: 'refused by the mail server' } as const;
  return new AppError('UPSTREAM_LOGIN_REFUSED', { ...facts, peerText, responseCode });
}

/** What came of it, and whether the upstream was asked. */
async function tried(services: Services, asked: GuardedAttempt, error?: Error) {
  let wasAsked = false;
  const failure = await guardedLogin(asked, services, async () => {
    wasAsked = true;
    if (error !== undefined) throw error;
  }).catch((reason: unknown) => reason);
  return { wasAsked, failure };
}

test('the same wrong password is answered with the words of the upstream, which is not asked', async () => {
  const services = makeServices();
  const first = await tried(services, attempt('a'), refusal('AUTH'));
  assert.deepEqual([first.wasAsked, reasonOf(first.failure)], [true, 'wrong password']);
  const { wasAsked, failure } = await tried(services, attempt('a', { clientAddress: '192.0.2.2' }));
  assert.equal(wasAsked, false);
  assert.equal(reasonOf(failure), 'same password');
  assert.ok(failure instanceof AppError);
  assert.deepEqual([failure.clientText, failure.responseCode], ['no such luck', 'AUTH']);
  assert.equal((await tried(services, attempt('b'))).wasAsked, true);
  const other = { upstreamHost: 'pop.example.org' };
  assert.equal((await tried(services, attempt('a', other))).wasAsked, true);
});

for (const [code, text] of [
  ['IN-USE', 'locked'],
  ['SYS/TEMP', 'later'],
  ['SYS/PERM', 'never'],
  ['LOGIN-DELAY', 'too soon'],
  ['none', 'maildrop is locked by another session'],
  ['none', 'Temporary authentication failure'],
  ['none', 'Exceeded the login limit for a 15 minute period'],
] as const) {
  test(`-ERR [${code}] ${text} is no wrong password`, async () => {
    const services = makeServices();
    for (let time = 0; time < 5; time += 1) {
      const { wasAsked, failure } = await tried(services, attempt('a'), refusal(code, text));
      assert.deepEqual([wasAsked, reasonOf(failure)], [true, 'other']);
    }
  });
}

for (const text of ['Authentication failed.', 'invalid user or password', 'access denied']) {
  test(`-ERR ${text} is a wrong password without a response code`, async () => {
    const services = makeServices();
    await tried(services, attempt('hunter2'), refusal('none', text));
    const { wasAsked, failure } = await tried(services, attempt('hunter2'));
    assert.equal(wasAsked, false);
    assert.ok(failure instanceof AppError);
    assert.deepEqual([failure.clientText, failure.responseCode], [text, undefined]);
  });
}

test('words in which a server repeats the password are not kept', async () => {
  const services = makeServices();
  await tried(services, attempt('hunter2'), refusal('AUTH', 'bad password hunter2 for anna'));
  const { failure } = await tried(services, attempt('hunter2'));
  assert.ok(failure instanceof AppError);
  assert.equal(failure.clientText, 'refused by the mail server');
});

test('who has to wait is delayed, and then tried', async () => {
  const services = makeServices();
  for (const password of ['a', 'b']) {
    await tried(services, attempt(password), refusal('AUTH'));
  }
  const third = tried(services, attempt('c'));
  await settled();
  assert.equal(services.clock.timers, 1);
  await services.clock.advance(1000);
  assert.equal((await third).wasAsked, true);
  const page = await services.registry.text();
  assert.match(page, /postern_logins_delayed_total\{limit="address",result="delayed"\} 1/);
});

test('where too many wait, the next is told to come later, and not at once', async () => {
  const services = makeServices();
  for (const name of ['a', 'b']) await tried(services, stranger(name), refusal('AUTH'));
  const third = tried(services, stranger('c'), refusal('AUTH'));
  await services.clock.advance(1000);
  await third;
  const delayed = tried(services, stranger('d'), refusal('AUTH'));
  const refused = tried(services, stranger('e'), refusal('AUTH'));
  await settled();
  assert.equal(services.clock.timers, 2);
  await services.clock.advance(1000);
  const { wasAsked, failure } = await refused;
  assert.deepEqual([wasAsked, reasonOf(failure)], [false, 'too many failures']);
  assert.ok(failure instanceof AppError);
  assert.equal(failure.responseCode, 'SYS/TEMP');
  await services.clock.advance(1000);
  assert.equal((await delayed).wasAsked, true);
});

test('no more are under way at a time than may be wrong, until one has been right', async () => {
  const services = makeServices();
  const ends: { name: string; end(error?: Error): void }[] = [];
  const begin = (asked: GuardedAttempt) =>
    guardedLogin(asked, services, () => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const name = String(asked.credentials.user);
      ends.push({ name, end: (error) => (error === undefined ? resolve() : reject(error)) });
      return promise;
    }).catch((error: unknown) => error);
  const names = () => ends.map(({ name }) => name);
  const all = ['a', 'b', 'c', 'd', 'a'].map((name) => begin(stranger(name)));
  await settled();
  assert.deepEqual(names(), ['a', 'b']);
  ends[0]?.end();
  await settled();
  assert.deepEqual(names(), ['a', 'b', 'c']);
  // Nobody waits where somebody has been before.
  all.push(begin(stranger('a')));
  await settled();
  assert.deepEqual(names(), ['a', 'b', 'c', 'a']);
  for (const { end } of ends) end();
  await settled();
  for (const { end } of ends) end();
  await Promise.all(all);
  assert.equal(services.loginTurns.size, 0);
  assert.equal(services.clock.timers, 0);
});

test('the same password at the same moment waits for the answer to the first', async () => {
  const services = makeServices();
  const results = await Promise.all(
    Array.from({ length: 8 }, () => tried(services, attempt('a'), refusal('AUTH'))),
  );
  assert.equal(results.filter(({ wasAsked }) => wasAsked).length, 1);
  assert.equal(results.filter(({ failure }) => reasonOf(failure) === 'same password').length, 7);
});

test('who waits for a turn is refused after the longest delay', async () => {
  const services = makeServices();
  const never = Promise.withResolvers<void>();
  const stuck = ['a', 'b'].map((name) =>
    guardedLogin(stranger(name), services, () => never.promise),
  );
  const late = tried(services, stranger('c'));
  await services.clock.advance(2000);
  const { wasAsked, failure } = await late;
  assert.deepEqual([wasAsked, reasonOf(failure)], [false, 'too many failures']);
  never.resolve();
  await Promise.all(stuck);
});

test('a client that goes while it is delayed is not waited for', async () => {
  const services = makeServices();
  for (const password of ['a', 'b']) {
    await tried(services, attempt(password), refusal('AUTH'));
  }
  const gone = new AbortController();
  const waiting = tried(services, attempt('c', { signal: gone.signal }));
  await settled();
  const reason = new Error('gone');
  gone.abort(reason);
  assert.deepEqual(await waiting, { wasAsked: false, failure: reason });
  assert.equal(services.clock.timers, 0);
});

test('a user name that has never logged in is shown as configured', async () => {
  const { logins } = makeServices();
  const services = makeServices();
  await tried(services, attempt('right'));
  const shown = (user: string, unknownUsers: LoginsConfig['unknownUsers']) =>
    shownUser(user, { logins: services.logins, loginLimits: { ...limits, unknownUsers } });
  assert.equal(await shown('hunter2', 'shown'), 'hunter2');
  assert.equal(await shown('hunter2', 'hidden'), 'unknown');
  assert.equal(await shown('anna', 'hidden'), 'anna');
  const hashed = await shown('hunter2', 'hashed');
  assert.match(hashed, /^unknown-[\w-]{22}$/);
  assert.equal(await shown('hunter2', 'hashed'), hashed);
  assert.notEqual(await shown('hunter3', 'hashed'), hashed);
  assert.notEqual(
    await shownUser('hunter2', { logins, loginLimits: { ...limits, unknownUsers: 'hashed' } }),
    hashed,
  );
});
