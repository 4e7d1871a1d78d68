import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CentralDesk } from '../../../src/app/workers/central-desk.ts';
import type { CheckedPlugin } from '../../../src/pipeline/registry.ts';
import { testServices } from '../../../src/pipeline/testing.ts';
import { openDatabase } from '../../../src/stores/sqlite.ts';

const { log, clock, metrics, store } = testServices();

function createDesk(): CentralDesk {
  return new CentralDesk({
    log,
    clock,
    metricsFor: () => metrics,
    releaseMetrics() {},
    storeFor: () => store,
    databaseFor: (_plugin, form) => openDatabase(':memory:', form),
  });
}

function plugin(id: string, events: string[]): CheckedPlugin {
  return {
    name: id,
    learns: false,
    setup: () => Promise.reject(new Error('not in this process')),
    diagnose: undefined,
    findTool: () => undefined,
    central: {
      id,
      async setup() {
        if (id === 'bad') throw new Error('cannot');
        events.push(`set up ${id}`);
        return {
          async handle(request) {
            events.push(`${id}: ${request}`);
          },
          async dispose() {
            events.push(`ended ${id}`);
          },
        };
      },
    },
  };
}

test('a part is set up once, and lives until no configuration and no worker has it', async () => {
  const events: string[] = [];
  const desk = createDesk();
  const [one, other] = [{}, {}];
  (await desk.prepare([plugin('a', events)])).commit();
  desk.open(one, 'a');
  desk.open(other, 'a');
  await desk.ask('a', 'hello');
  (await desk.prepare([plugin('a', events)])).commit();
  (await desk.prepare([plugin('b', events)])).commit();
  desk.close(one, 'a');
  await desk.ask('a', 'again');
  assert.ok(!events.includes('ended a'));
  desk.leave(other);
  assert.throws(() => void desk.ask('a', 'too late'));
  await desk.dispose();
  assert.deepEqual(events, ['set up a', 'a: hello', 'set up b', 'a: again', 'ended a', 'ended b']);
});

test('a change that fails or is dropped leaves the parts as they were', async () => {
  const events: string[] = [];
  const desk = createDesk();
  (await desk.prepare([plugin('a', events)])).commit();
  await assert.rejects(desk.prepare([plugin('b', events), plugin('bad', events)]), /cannot/);
  await (await desk.prepare([plugin('a', events), plugin('c', events)])).abort();
  await desk.ask('a', 'hello');
  assert.deepEqual(events, ['set up a', 'set up b', 'ended b', 'set up c', 'ended c', 'a: hello']);
});
