import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { addProcessMetrics } from '../../src/telemetry/process-metrics.ts';

async function values(registry: Registry): Promise<Map<string, number>> {
  const page = await registry.metrics();
  const lines = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line): [string, number] => {
      const cut = line.lastIndexOf(' ');
      return [line.slice(0, cut), Number(line.slice(cut + 1))];
    }),
  );
}

test('the page tells what the process takes, as it is when the page is asked for', async () => {
  const registry = new Registry();
  addProcessMetrics(registry);
  const before = await values(registry);
  const endAtMs = performance.now() + 50;
  while (performance.now() < endAtMs);
  const after = await values(registry);
  const cpu = 'process_cpu_seconds_total';
  assert.ok((after.get(cpu) ?? 0) > (before.get(cpu) ?? 0));
  assert.ok((after.get('nodejs_heap_size_used_bytes') ?? 0) > 1_000_000);
  assert.ok(Math.abs((after.get('process_start_time_seconds') ?? 0) - Date.now() / 1000) < 3600);
  assert.equal(after.get(`nodejs_version_info{version="${process.version}"}`), 1);
  for (const [name, value] of after) assert.ok(value >= 0, name);
  if (process.platform === 'linux') {
    for (const name of ['process_open_fds', 'process_max_fds', 'process_virtual_memory_bytes']) {
      assert.ok((after.get(name) ?? 0) > 0, name);
    }
  }
});
