import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNetwork } from '../../../src/base/network.ts';
import type { LoginsConfig } from '../../../src/config/schema.ts';
import { clientNetwork } from '../../../src/proxy/logins/client-network.ts';
import { LoginDesk } from '../../../src/proxy/logins/login-desk.ts';
import type { LoginKeys, Permit } from '../../../src/proxy/logins/login-gate.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { recordingLogger } from '../../helpers/recording-logger.ts';

const limits: LoginsConfig = {
  failuresPerAddress: 4,
  failuresPerAccount: 2,
  failuresPerUpstream: 3,
  firstDelayMs: 1000,
  maxDelayMs: 4000,
  forgetAfterMs: 600_000,
  samePasswordMs: 60_000,
  maxEntries: 1000,
  sharedAddresses: [],
  unknownUsers: 'shown',
};
const words = { text: '[AUTH] no', responseCode: 'AUTH' } as const;
let passwords = 0;

/** By default with a password that nobody has tried. */
function login(changes: Partial<LoginKeys> = {}): LoginKeys {
  passwords += 1;
  const names = { network: '192.0.2.1', name: 'anna', account: 'anna', upstream: 'pop' };
  return { ...names, secret: `secret ${passwords}`, ...changes };
}

function desk(changes: Partial<LoginsConfig> = {}) {
  const clock = new FakeClock();
  const log = recordingLogger();
  return { clock, log, desk: new LoginDesk({ ...limits, ...changes }, { clock, log }) };
}

function fail(made: LoginDesk, times: number, changes: (time: number) => Partial<LoginKeys>): void {
  for (let time = 0; time < times; time += 1) made.wrongPassword(login(changes(time)), words);
}

const granted: Permit = { kind: 'granted' };

test('the same wrong password is sent once, then answered with the same words for a while', async () => {
  const { clock, desk: made } = desk();
  const keys = login();
  assert.deepEqual(made.ask(keys), granted);
  made.wrongPassword(keys, words);
  assert.deepEqual(made.ask(keys), { kind: 'samePassword', words });
  assert.deepEqual(made.ask(login()), granted);
  await clock.advance(60_000);
  assert.deepEqual(made.ask(keys), granted);
  made.wrongPassword(keys, words);
  await clock.advance(60_000);
  assert.equal(made.ask(keys).kind, 'samePassword');
  await clock.advance(60_000);
  assert.deepEqual(made.ask(keys), granted);
});

test('one address that guesses at many accounts is delayed, later refused; others are not', () => {
  const { desk: made } = desk();
  fail(made, 5, (time) => ({ account: `account ${time}`, upstream: `pop ${time}` }));
  const next = () => made.ask(login({ account: 'another', upstream: 'another' }));
  assert.deepEqual(next(), { kind: 'delayed', limit: 'address', afterMs: 2000 });
  assert.deepEqual(next(), { kind: 'delayed', limit: 'address', afterMs: 4000 });
  assert.deepEqual(next(), { kind: 'refused', limit: 'address', afterMs: 1000 });
  const elsewhere = login({ account: 'another', upstream: 'another', network: '192.0.2.9' });
  assert.deepEqual(made.ask(elsewhere), granted);
});

test('an address that many users share is not counted; each account from there is', () => {
  const sharedAddresses = ['198.51.100.0/24', '2001:db8::/32'].flatMap(
    (text) => parseNetwork(text) ?? [],
  );
  for (const network of ['198.51.100.7', clientNetwork('2001:db8:1:2::9')]) {
    const { desk: made } = desk({ sharedAddresses });
    fail(made, 30, (time) => ({ network, account: `a${time}`, upstream: `u${time}` }));
    const next = (account: string) => made.ask(login({ network, account, upstream: 'another' }));
    assert.deepEqual(next('another'), granted);
    fail(made, 3, () => ({ network, upstream: 'another' }));
    assert.equal(next('anna').kind, 'delayed');
    assert.deepEqual(next('another'), granted);
  }
});

test('an account that many addresses guess at is delayed for each of them, and refused to none', () => {
  const { desk: made } = desk();
  fail(made, 50, (time) => ({ network: `attacker ${time}` }));
  for (let time = 0; time < 10; time += 1) {
    const permit = made.ask(login({ network: `newcomer ${time}` }));
    assert.deepEqual(permit, { kind: 'delayed', limit: 'account', afterMs: 4000 });
  }
});

test('whoever has logged in from there before does not feel the attack', () => {
  const { desk: made } = desk();
  made.accepted(login({ network: 'home' }));
  fail(made, 50, (time) => ({ network: `attacker ${time}` }));
  fail(made, 50, (time) => ({ network: 'home', account: `made up ${time}` }));
  assert.deepEqual(made.ask(login({ network: 'home' })), granted);
});

test('but has own failures counted, until the next login', () => {
  const { desk: made } = desk();
  const home = { network: 'home', upstream: 'pop' };
  made.accepted(login(home));
  fail(made, 3, () => home);
  assert.deepEqual(made.ask(login(home)), { kind: 'delayed', limit: 'account', afterMs: 2000 });
  made.accepted(login(home));
  assert.deepEqual(made.ask(login(home)), granted);
});

test('an upstream that refuses many accounts in a row is asked more slowly', async () => {
  const { clock, log, desk: made } = desk();
  const each = (time: number) => ({ network: `n${time}`, account: `a${time}` });
  fail(made, 2, each);
  made.accepted(login(each(100)));
  made.accepted(login(each(101)));
  fail(made, 4, (time) => each(time + 10));
  const newcomer = () => made.ask(login({ network: 'new', account: 'new' }));
  assert.deepEqual(newcomer(), { kind: 'delayed', limit: 'upstream', afterMs: 2000 });
  assert.deepEqual(made.ask(login({ ...each(300), upstream: 'other' })), granted);
  // Whom the upstream knows is in another row.
  assert.deepEqual(made.ask(login(each(101))), granted);
  assert.deepEqual(
    log.lines.map(({ level, fields }) => [level, fields]),
    [['warn', { upstream: 'pop' }]],
  );
  await clock.advance(3_600_000);
  assert.deepEqual(newcomer(), granted);
});

test('an upstream that refuses everybody is not believed about passwords', () => {
  const { desk: made } = desk();
  for (let user = 0; user < 10; user += 1) {
    made.accepted(login({ network: `n${user}`, account: `a${user}` }));
  }
  const secrets = Array.from({ length: 6 }, (_, user) => {
    const keys = login({ network: `n${user}`, account: `a${user}` });
    made.wrongPassword(keys, words);
    return made.ask(keys).kind;
  });
  assert.deepEqual(secrets.slice(0, 2), ['samePassword', 'samePassword']);
  assert.ok(secrets.slice(2).every((kind) => kind !== 'samePassword'));
});

test('guesses at one account are no row of refusals', () => {
  const { log, desk: made } = desk();
  fail(made, 20, (time) => ({ network: `n${time}` }));
  assert.deepEqual(made.ask(login({ account: 'another', network: 'another' })), granted);
  assert.deepEqual(log.lines, []);
});

test('what had to wait before is free again by time alone', async () => {
  const { clock, desk: made } = desk();
  fail(made, 1000, (time) => ({ account: `a${time % 20}` }));
  assert.notEqual(made.ask(login()).kind, 'granted');
  await clock.advance(4 * 600_000);
  assert.deepEqual(made.ask(login()), granted);
});

test('other limits hold from the next attempt on, for what was counted before too', () => {
  const { desk: made } = desk();
  fail(made, 5, (time) => ({ account: `a${time}`, upstream: `u${time}` }));
  const next = () => made.ask(login({ account: 'b', upstream: 'b' })).kind;
  assert.equal(next(), 'delayed');
  made.setLimits({ ...limits, failuresPerAddress: undefined });
  assert.equal(next(), 'granted');
});

test('names are known once they have logged in', () => {
  const { desk: made } = desk();
  assert.equal(made.knows('anna'), false);
  made.accepted(login());
  assert.equal(made.knows('anna'), true);
});

test('suspicions name what the next logins must be asked about', () => {
  const { desk: made } = desk();
  const first = made.wrongPassword(login({ secret: 's1' }), words);
  assert.deepEqual(
    first.map(({ key }) => key),
    ['secret s1'],
  );
  const second = made.wrongPassword(login({ secret: 's2' }), words);
  assert.deepEqual(
    second.map(({ key }) => key),
    ['account anna', 'account anna', 'secret s2'],
  );
});
