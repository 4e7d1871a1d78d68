import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Assignments, ServiceManager, takeWatchdogMs } from '../../src/cli/service-manager.ts';
import { FakeClock, settled } from '../helpers/fake-clock.ts';
import { recordingLogger } from '../helpers/recording-logger.ts';

function managed(send?: () => Promise<void>) {
  const told: Assignments[] = [];
  const clock = new FakeClock();
  const log = recordingLogger();
  const manager = new ServiceManager({
    clock,
    log,
    async send(assignments) {
      told.push(assignments);
      await send?.();
    },
  });
  return { manager, told, clock, log };
}

test('the limit of the watchdog is taken only where it is meant for this process', () => {
  const table: readonly [Record<string, string>, number | undefined][] = [
    [{}, undefined],
    [{ WATCHDOG_USEC: '60000000' }, 60_000],
    [{ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '7' }, 60_000],
    [{ WATCHDOG_USEC: '9000000000000' }, 3_600_000],
    [{ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '8' }, undefined],
    [{ WATCHDOG_USEC: '0' }, undefined],
    [{ WATCHDOG_USEC: 'soon' }, undefined],
  ];
  for (const [env, expected] of table) {
    assert.equal(takeWatchdogMs(env, 7), expected);
    assert.deepEqual(env, {}, 'no child finds them');
  }
});

test('a sign of life is given in half the time, and only while all is well', async () => {
  const { manager, told, clock } = managed();
  let isHealthy = true;
  manager.watch(10_000, () => isHealthy);
  await clock.advance(4_999);
  await settled();
  assert.equal(told.length, 0);
  await clock.advance(1);
  await settled();
  assert.deepEqual(told, [['WATCHDOG=1']]);
  isHealthy = false;
  await clock.advance(5_000);
  await settled();
  assert.equal(told.length, 1);
  isHealthy = true;
  await clock.advance(5_000);
  await settled();
  assert.equal(told.length, 2);
  manager.stopping();
  await clock.advance(60_000);
  await manager.said();
  assert.deepEqual(told.at(-1)?.[0], 'STOPPING=1');
});

test('what cannot be told is said once and holds up nothing', async () => {
  const { manager, told, log } = managed(() => Promise.reject(new Error('no such program')));
  manager.ready('serving');
  manager.reloading();
  manager.ready('serving');
  await manager.said();
  assert.equal(told.length, 3);
  assert.deepEqual(
    log.lines.map(({ text }) => text),
    ['the service manager cannot be told'],
  );
});
