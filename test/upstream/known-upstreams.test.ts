import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCapabilities, type UpstreamCapabilities } from '../../src/pop3/capability.ts';
import { KnownUpstreams } from '../../src/upstream/known-upstreams.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

const minuteMs = 60_000;

function announced(...lines: string[]): UpstreamCapabilities {
  return parseCapabilities(lines.map((line) => Buffer.from(line)));
}

function known(clock = new FakeClock()) {
  return new KnownUpstreams(clock).of('here');
}

test('nothing is known of an upstream that nobody has logged in to', () => {
  const upstreams = new KnownUpstreams(new FakeClock());
  assert.equal(upstreams.get('here'), undefined);
  assert.equal(upstreams.of('here').beforeLogin, undefined);
  assert.equal(upstreams.of('here').afterLogin, undefined);
});

test('what is said before a login and after it is kept apart, for each upstream', () => {
  const upstreams = new KnownUpstreams(new FakeClock());
  upstreams.of('here').announcedBeforeLogin(announced('USER', 'SASL PLAIN'));
  upstreams.of('here').announcedAfterLogin(announced('UIDL', 'PIPELINING'));
  assert.equal(upstreams.of('here').beforeLogin?.hasPipelining, false);
  assert.equal(upstreams.of('here').afterLogin?.hasUser, false);
  assert.equal(upstreams.of('there').beforeLogin, undefined);
});

test('it is believed for ten minutes, each part from when it was said', async () => {
  const clock = new FakeClock();
  const upstream = known(clock);
  upstream.announcedBeforeLogin(announced('USER'));
  await clock.advance(5 * minuteMs);
  upstream.announcedAfterLogin(announced('UIDL'));
  await clock.advance(5 * minuteMs - 1);
  assert.ok(upstream.beforeLogin);
  assert.ok(upstream.afterLogin);
  await clock.advance(1);
  assert.equal(upstream.beforeLogin, undefined);
  upstream.announcedBeforeLogin(announced('USER'));
  assert.ok(upstream.afterLogin);
  await clock.advance(5 * minuteMs);
  assert.equal(upstream.afterLogin, undefined);
});

test('what the last login has found stays, for those who have nothing better', async () => {
  const clock = new FakeClock();
  const upstreams = new KnownUpstreams(clock);
  const found = announced('UTF8');
  upstreams.of('here').foundAfterLogin(found);
  upstreams.of('here').forget();
  await clock.advance(60 * minuteMs);
  assert.equal(upstreams.get('here'), found);
});

test('what is forgotten has to be asked again', () => {
  const upstream = known();
  upstream.announcedBeforeLogin(announced('USER'));
  upstream.announcedAfterLogin(announced('UIDL'));
  upstream.forget();
  assert.equal(upstream.beforeLogin, undefined);
  assert.equal(upstream.afterLogin, undefined);
});

const ofEachUser: readonly [name: string, before: string[], after: string[]][] = [
  ['EXPIRE with USER', ['EXPIRE 30 USER'], ['EXPIRE 0']],
  ['EXPIRE with USER in both states', ['EXPIRE 30 USER'], ['EXPIRE 30 USER']],
  ['LOGIN-DELAY with USER', ['LOGIN-DELAY 60 USER'], ['LOGIN-DELAY 900']],
  ['EXPIRE that is told after login only', [], ['EXPIRE 0']],
  ['LOGIN-DELAY that is no longer told', ['LOGIN-DELAY 60'], []],
];

for (const [name, before, after] of ofEachUser) {
  test(`with ${name} every user is told an own value`, () => {
    const upstream = known();
    upstream.announcedBeforeLogin(announced('USER', ...before));
    upstream.announcedAfterLogin(announced('UIDL', ...after));
    assert.equal(upstream.afterLogin, undefined);
    assert.ok(upstream.beforeLogin);
  });
}

test('a value that is the same in both states is the same for everybody', () => {
  const upstream = known();
  upstream.announcedBeforeLogin(announced('EXPIRE 0', 'LOGIN-DELAY 60'));
  upstream.announcedAfterLogin(announced('EXPIRE 0', 'LOGIN-DELAY 60'));
  assert.equal(upstream.afterLogin?.expire, '0');
});

test('no number of upstreams makes it grow without end; the oldest is forgotten', () => {
  const upstreams = new KnownUpstreams(new FakeClock());
  upstreams.of('first').foundAfterLogin(announced('TOP'));
  for (let index = 0; index < 999; index += 1) upstreams.of(String(index));
  assert.notEqual(upstreams.get('first'), undefined);
  upstreams.of('one more');
  assert.equal(upstreams.get('first'), undefined);
});

test('an upstream that is in use is remembered, however many others are named once', () => {
  const upstreams = new KnownUpstreams(new FakeClock());
  upstreams.of('used').foundAfterLogin(announced('TOP'));
  for (let index = 0; index < 3000; index += 1) {
    upstreams.of(String(index));
    if (index % 500 === 0) upstreams.of('used');
  }
  assert.notEqual(upstreams.get('used'), undefined);
});
