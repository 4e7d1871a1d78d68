import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Check, ok, type Report, warn } from '../../../src/cli/doctor/check.ts';
import { runChecks } from '../../../src/cli/doctor/run-checks.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

const limits = { eachMs: 5000, allMs: 8000 };

function check(subject: string, run: Check['run']): Check {
  return { subject, run };
}

/** Ends only when it is told to. */
function endless(subject: string): Check {
  return check(subject, async function* () {
    yield ok('began');
    await new Promise(() => {});
  });
}

async function collect(checks: readonly Check[], clock = new FakeClock()): Promise<Report[]> {
  const reports: Report[] = [];
  for await (const report of runChecks(checks, clock, limits)) reports.push(report);
  return reports;
}

test('what was found is told in the order of the checks, whichever ends first', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const reports = await collect([
    check('slow', async function* () {
      await promise;
      yield ok('one');
    }),
    check('quick', async function* () {
      yield warn('two', 'do something');
      resolve();
    }),
  ]);
  assert.deepEqual(reports, [
    { subject: 'slow', level: 'ok', found: 'one' },
    { subject: 'quick', level: 'warn', found: 'two', advice: 'do something' },
  ]);
});

test('a check that takes too long is a failure, and what it found before is told', async () => {
  const clock = new FakeClock();
  const collecting = collect([endless('a'), check('b', async function* () {})], clock);
  await clock.advance(5000);
  const reports = await collecting;
  assert.deepEqual(
    reports.map(({ subject, level, found }) => [subject, level, found]),
    [
      ['a', 'ok', 'began'],
      ['a', 'fail', 'nothing known after 5 s'],
    ],
  );
});

test('the time for all is a limit as well, also for those that wait for their turn', async () => {
  const clock = new FakeClock();
  const checks = Array.from({ length: 40 }, (_, index) => endless(`check ${index}`));
  const collecting = collect(checks, clock);
  await clock.advance(5000);
  await clock.advance(3000);
  const reports = await collecting;
  const failed = reports.filter(({ level }) => level === 'fail');
  assert.equal(failed.length, 40);
  assert.match(failed.at(-1)?.found ?? '', /after 8 s/);
  assert.equal(clock.timers, 0);
});

test('a check that throws is a failure with its reason, and the others go on', async () => {
  const reports = await collect([
    check('broken', async function* () {
      yield ok('before');
      throw new Error('oops');
    }),
    check('well', async function* () {
      yield ok('fine');
    }),
  ]);
  assert.deepEqual(
    reports.map(({ level, found }) => `${level} ${found}`),
    ['ok before', 'fail oops', 'ok fine'],
  );
});

test('the signal of a check aborts when nobody waits for it any more', async () => {
  const clock = new FakeClock();
  let signal: AbortSignal | undefined;
  const watching = check('w', async function* (given) {
    signal = given;
    await new Promise(() => {});
  });
  const collecting = collect([watching], clock);
  await clock.advance(5000);
  await collecting;
  assert.equal(signal?.aborted, true);
});
