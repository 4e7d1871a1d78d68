import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClamdSilence } from '../../../plugins/clamav/clamd.ts';
import { recordingLogger } from '../../helpers/recording-logger.ts';
import { fakeServer, refreshMs } from './fake-server.ts';

const gone = new Error('connect ECONNREFUSED');

test('the version follows clamd, asked for at regular times while nothing else happens', async () => {
  const { server, clamd, clock } = fakeServer();
  assert.equal(server.versionKey, undefined);
  await server.check();
  assert.equal(server.versionKey, '1.4.6/27500');
  clamd.answer = 'ClamAV 1.4.6/27501/Tue Nov  3 09:12:33 2026\n';
  await clock.advance(refreshMs);
  assert.equal(server.versionKey, '1.4.6/27501');
  assert.equal(clamd.asked, 2);
});

test('an idle clamd that goes away is found out, and so is its return, after ever longer pauses', async () => {
  const { server, clamd, clock } = fakeServer();
  await server.check();
  clamd.answer = gone;
  await clock.advance(refreshMs);
  assert.equal(server.isHealthy, false);
  assert.equal(server.versionKey, undefined);
  assert.match(server.error ?? '', /ECONNREFUSED/);
  const asked: number[] = [];
  for (const pauseMs of [1000, 2000, 4000]) {
    await clock.advance(pauseMs - 1);
    const before = clamd.asked;
    await clock.advance(1);
    asked.push(clamd.asked - before);
  }
  assert.deepEqual(asked, [1, 1, 1]);
  clamd.answer = 'ClamAV 1.4.6/27500/x';
  await clock.advance(8000);
  assert.equal(server.isHealthy, true);
  assert.equal(server.versionKey, '1.4.6/27500');
});

test('going and coming back are said once each', async () => {
  const log = recordingLogger();
  const { server, clamd, clock } = fakeServer({ log });
  clamd.answer = gone;
  await server.check();
  await clock.advance(10_000);
  clamd.answer = 'ClamAV 1.4.6/27500/x';
  await clock.advance(60_000);
  await clock.advance(5 * refreshMs);
  clamd.answer = gone;
  await clock.advance(refreshMs);
  assert.deepEqual(
    log.lines.map(({ level, fields, text }) => `${level} ${fields['server']}: ${text}`),
    [
      'warn a: clamd does not answer; it gets no messages until it does',
      'info a: clamd is there',
      'warn a: clamd does not answer; it gets no messages until it does',
    ],
  );
});

test('an answer that is not one of ClamAV counts as none', async () => {
  const { server, clamd } = fakeServer();
  clamd.answer = 'hello\n';
  await server.check();
  assert.equal(server.isHealthy, false);
});

test('private databases carry no version, but clamd is well', async () => {
  const { server, clamd } = fakeServer();
  clamd.answer = 'ClamAV 1.4.6\n';
  await server.check();
  assert.equal(server.isHealthy, true);
  assert.equal(server.versionKey, undefined);
});

test('a failed scan makes it asked at once, by one question for all who want to know', async () => {
  const { server, clamd } = fakeServer();
  await server.check();
  const answer = Promise.withResolvers<string>();
  clamd.answer = answer.promise;
  server.scanFailed('broken');
  const asking = Promise.all([server.check(), server.check()]);
  answer.reject(gone);
  await asking;
  assert.equal(clamd.asked, 2);
  assert.equal(server.isHealthy, false);
});

test('one that answers questions and fails scans gets none after three, and one to try later', async () => {
  const { server, clock } = fakeServer();
  await server.check();
  for (let count = 0; count < 3; count++) {
    assert.equal(server.isHealthy, true);
    server.scanFailed('garbage');
    await clock.advance(0);
  }
  assert.equal(server.isHealthy, false);
  await clock.advance(1000);
  assert.equal(server.isHealthy, true);
  server.scanFailed('garbage');
  assert.equal(server.isHealthy, false);
  server.scanSucceeded();
  assert.equal(server.isHealthy, true);
});

test('a busy clamd may be silent twice, an idle one never', async () => {
  const { server, clamd } = fakeServer();
  clamd.answer = new ClamdSilence();
  server.enter();
  await server.check();
  await server.check();
  assert.equal(server.isHealthy, true);
  assert.equal(server.versionKey, undefined);
  await server.check();
  assert.equal(server.isHealthy, false);
  const idle = fakeServer();
  idle.clamd.answer = new ClamdSilence();
  await idle.server.check();
  assert.equal(idle.server.isHealthy, false);
});

test('reviving takes no answer to a question from before it failed', async () => {
  const { server, clamd } = fakeServer();
  await server.check();
  const early = Promise.withResolvers<string>();
  clamd.answer = early.promise;
  for (let count = 0; count < 3; count++) server.scanFailed('garbage');
  const reviving = server.revive();
  clamd.answer = 'ClamAV 1.4.6/27501/x';
  early.resolve('ClamAV 1.4.6/27500/x');
  assert.equal(await reviving, true);
  assert.equal(clamd.asked, 3);
  assert.equal(server.versionKey, '1.4.6/27501');
});

test('a stopped server asks no more and takes nothing, even when an answer is still on its way', async () => {
  const { server, clamd, clock } = fakeServer();
  const answer = Promise.withResolvers<string>();
  clamd.answer = answer.promise;
  const checking = server.check();
  server.stop();
  answer.resolve('ClamAV 1.4.6/27500/x');
  await checking;
  await clock.advance(10 * refreshMs);
  assert.equal(clamd.asked, 1);
  assert.equal(clamd.state, 'closed');
  assert.equal(server.isHealthy, false);
  assert.equal(clock.timers, 0);
});

test('health, version and age of the signatures are metrics', async () => {
  const { server, clamd, clock, metrics } = fakeServer({ name: 'one' });
  const value = (name: string) => metrics.value(name, { server: 'one' });
  await server.check();
  assert.equal(value('up'), 1);
  assert.equal(value('breaker_state'), 0);
  assert.equal(value('signature_version'), 27_500);
  const madeMs = new Date(2026, 10, 2, 9, 12, 33).getTime();
  assert.equal(value('database_time_seconds'), madeMs / 1000);
  clamd.answer = 'ClamAV 1.4.6/27400/Sun Nov  1 00:00:00 2026\n';
  await clock.advance(refreshMs);
  const ageMs = clock.nowMs() - new Date(2026, 10, 1).getTime();
  assert.equal(value('signature_age_seconds'), ageMs / 1000);
  clamd.answer = gone;
  await clock.advance(refreshMs);
  assert.equal(value('up'), 0);
  assert.equal(value('breaker_state'), 2);
});
