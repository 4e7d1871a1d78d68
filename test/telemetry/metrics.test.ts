import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics, type MetricsRegistry } from '../../src/telemetry/metrics.ts';
import { withCode } from '../helpers/pipeline.ts';

const help = 'For a test.';

/** Lines with values, sorted. */
async function linesOf(registry: MetricsRegistry): Promise<string[]> {
  const text = await registry.text();
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .toSorted();
}

test('metrics of the core and of plugins have prefixes', async () => {
  const registry = createMetrics();
  registry.core.counter('sessions_total', { help, labels: ['listener'] }).add(2, { listener: 'a' });
  const plugin = registry.forPlugin('Clam-AV');
  plugin.gauge('age_seconds', { help }).set(7);
  const histogram = plugin.histogram('scan_seconds', { help, buckets: [1, 2] });
  histogram.observe(1.5);
  assert.deepEqual(await linesOf(registry), [
    'postern_clam_av_age_seconds 7',
    'postern_clam_av_scan_seconds_bucket{le="+Inf"} 1',
    'postern_clam_av_scan_seconds_bucket{le="1"} 0',
    'postern_clam_av_scan_seconds_bucket{le="2"} 1',
    'postern_clam_av_scan_seconds_count 1',
    'postern_clam_av_scan_seconds_sum 1.5',
    'postern_sessions_total{listener="a"} 2',
  ]);
  assert.match(registry.contentType, /^text\/plain; version=0\.0\.4/);
  assert.match(await registry.text(), /^# HELP postern_clam_av_age_seconds For a test\.$/m);
});

test('asking twice for a name gives the same metric', async () => {
  const registry = createMetrics();
  const plugin = registry.forPlugin('p');
  plugin.counter('scans_total', { help }).add();
  plugin.counter('scans_total', { help }).add(2);
  assert.deepEqual(await linesOf(registry), ['postern_p_scans_total 3']);
});

test('a name that is taken by another metric is refused', () => {
  const registry = createMetrics();
  registry.core.counter('p_scans_total', { help });
  registry.core.histogram('p_time', { help });
  const plugin = registry.forPlugin('p');
  const taken = withCode('METRIC_INVALID');
  assert.throws(() => plugin.counter('scans_total', { help }), taken);
  assert.throws(() => plugin.counter('time_sum', { help }), taken);
  plugin.counter('own_total', { help });
  assert.throws(() => plugin.gauge('own_total', { help }), taken);
  assert.throws(() => plugin.counter('own_total', { help, labels: ['a'] }), taken);
  assert.throws(() => registry.core.counter('metrics_rejected_total', { help }), taken);
});

test('values that are none are dropped and counted, and nothing throws', async () => {
  const registry = createMetrics();
  const plugin = registry.forPlugin('p');
  const counter = plugin.counter('scans_total', { help, labels: ['a'] });
  counter.add(-1, { a: 'x' });
  counter.add(Number.NaN, { a: 'x' });
  counter.add(1, { b: 'x' });
  plugin.gauge('age', { help }).set(Number.POSITIVE_INFINITY);
  assert.deepEqual(await linesOf(registry), [
    'postern_metrics_rejected_total{metric="postern_p_age"} 1',
    'postern_metrics_rejected_total{metric="postern_p_scans_total"} 3',
  ]);
});

test('beyond a thousand combinations of labels the rest is counted as other', async () => {
  const registry = createMetrics();
  const counter = registry.forPlugin('p').counter('scans_total', { help, labels: ['a'] });
  for (let index = 0; index < 1010; index++) counter.add(1, { a: `v${index}` });
  counter.add(1, { a: 'v0' });
  const lines = await linesOf(registry);
  assert.equal(lines.filter((line) => line.startsWith('postern_p_scans_total')).length, 1001);
  assert.ok(lines.includes('postern_p_scans_total{a="other"} 10'));
  assert.ok(lines.includes('postern_p_scans_total{a="v0"} 2'));
  assert.ok(lines.includes('postern_metrics_overflow_total{metric="postern_p_scans_total"} 10'));
});

test('label values cannot add lines or labels', async () => {
  const registry = createMetrics();
  const counter = registry.forPlugin('p').counter('x_total', { help, labels: ['a', 'b'] });
  counter.add(1, { a: '"} 1\npostern_forged 1\r\n', b: '\\' });
  counter.add(1, { a: '1,b:2', b: '3' });
  counter.add(1, { a: '1', b: '2,b:3' });
  assert.deepEqual(await linesOf(registry), [
    'postern_p_x_total{a="1",b="2_b:3"} 1',
    'postern_p_x_total{a="1_b:2",b="3"} 1',
    'postern_p_x_total{a="\\"} 1_postern_forged 1__",b="\\\\"} 1',
  ]);
});

test('after a reload counters go on and gauges are those of the new instance', async () => {
  const registry = createMetrics();
  const before = registry.forPlugin('p');
  before.counter('scans_total', { help }).add(5);
  const gauge = before.gauge('up', { help, labels: ['host'] });
  gauge.set(1, { host: 'old' });
  gauge.set(0, { host: 'both' });

  const after = registry.forPlugin('p');
  after.counter('scans_total', { help }).add();
  after.gauge('up', { help, labels: ['host'] }).set(1, { host: 'both' });
  registry.release(before);
  gauge.set(1, { host: 'late' });
  before.counter('scans_total', { help });

  assert.deepEqual(await linesOf(registry), [
    'postern_p_scans_total 6',
    'postern_p_up{host="both"} 1',
  ]);
});

test('gauges of a plugin that is gone vanish, its counters stay', async () => {
  const registry = createMetrics();
  const plugin = registry.forPlugin('p');
  plugin.counter('scans_total', { help }).add(5);
  plugin.gauge('age', { help }).set(1);
  registry.release(plugin);
  registry.release(plugin);
  assert.deepEqual(await linesOf(registry), ['postern_p_scans_total 5']);
  assert.doesNotMatch(await registry.text(), /postern_p_age/);

  const again = registry.forPlugin('p');
  again.counter('scans_total', { help }).add();
  again.gauge('age', { help }).set(2);
  assert.deepEqual(await linesOf(registry), ['postern_p_age 2', 'postern_p_scans_total 6']);
});

test('a metric that nobody holds any longer may come back in another form', async () => {
  const registry = createMetrics();
  const before = registry.forPlugin('p');
  before.counter('scans_total', { help }).add(5);
  registry.release(before);
  const after = registry.forPlugin('p');
  after.counter('scans_total', { help, labels: ['a'] }).add(1, { a: 'x' });
  assert.deepEqual(await linesOf(registry), ['postern_p_scans_total{a="x"} 1']);
});

test('metrics of the process are there when asked for', async () => {
  assert.doesNotMatch(await createMetrics().text(), /process_/);
  const text = await createMetrics({ processMetrics: 'on' }).text();
  assert.match(text, /^process_resident_memory_bytes \d+$/m);
});
