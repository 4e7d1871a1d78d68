import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MergedMetrics } from '../../src/telemetry/merged-metrics.ts';
import { createMetrics, type MetricsSnapshot } from '../../src/telemetry/metrics.ts';

/** What a process that has counted so much tells of itself, over its connection. */
async function snapshot(count: number): Promise<MetricsSnapshot> {
  const registry = createMetrics({ processMetrics: 'on' });
  const { core } = registry;
  core.counter('c_total', { help: 'C.', labels: ['a'] }).add(count, { a: 'x' });
  core.gauge('g', { help: 'G.' }).set(count);
  core.gauge('oldest', { help: 'O.', merge: 'max' }).set(count);
  core.histogram('h', { help: 'H.', buckets: [10] }).observe(count);
  return JSON.parse(JSON.stringify(await registry.snapshot()));
}

test('counters, histograms and gauges are summed, but for a gauge that says otherwise', async () => {
  const merged = new MergedMetrics();
  merged.keep({}, await snapshot(3));
  merged.keep({}, await snapshot(20));
  const page = await merged.text();
  assert.match(page, /^postern_c_total\{a="x"\} 23$/m);
  assert.match(page, /^postern_g 23$/m);
  assert.match(page, /^postern_oldest 20$/m);
  assert.match(page, /^postern_h_bucket\{le="10"\} 1$/m);
  assert.match(page, /^postern_h_sum 23$/m);
  assert.match(page, /^postern_h_count 2$/m);
  assert.match(page, /^process_cpu_seconds_total /m);
});

test('what a process has counted stays when it ends; what it told of the present goes', async () => {
  const merged = new MergedMetrics();
  const [one, other] = [{}, {}];
  merged.keep(one, await snapshot(3));
  merged.keep(other, await snapshot(20));
  merged.leave(one);
  merged.leave(other);
  merged.keep({}, await snapshot(1));
  const page = await merged.text();
  assert.match(page, /^postern_c_total\{a="x"\} 24$/m);
  assert.match(page, /^postern_h_count 3$/m);
  assert.match(page, /^postern_g 1$/m);
});

test('a page without anybody is empty', async () => {
  assert.equal((await new MergedMetrics().text()).trim(), '');
});
