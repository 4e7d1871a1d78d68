import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { isWorker, workerCount } from '../../../src/app/workers/worker-count.ts';
import { readConfig } from '../../../src/config/load.ts';

async function countIn(workers: unknown): Promise<number> {
  const config = {
    listeners: [{ name: 'l', port: 0, tls: 'none' }],
    routes: [{ name: 'r', upstream: { host: '127.0.0.1' } }],
    workers,
  };
  return workerCount((await readConfig(JSON.stringify(config), 'postern.yaml')).config);
}

test('one process serves unless more are asked for; auto is one for each processor', async () => {
  assert.equal(await countIn(undefined), 1);
  assert.equal(await countIn(3), 3);
  assert.equal(await countIn('auto'), availableParallelism());
  assert.ok(!isWorker());
});

for (const wrong of [0, 65, 1.5, 'many', true]) {
  test(`${wrong} is no number of workers`, async () => {
    await assert.rejects(countIn(wrong), { code: 'CONFIG_INVALID' });
  });
}
