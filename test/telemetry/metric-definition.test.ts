import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MetricOptions } from '../../src/base/metrics.ts';
import {
  defineMetric,
  isSameMetric,
  type MetricKind,
  pageNames,
} from '../../src/telemetry/metric-definition.ts';
import { withCode } from '../helpers/pipeline.ts';

const help = 'For a test.';

function define(kind: MetricKind, name: string, options: Partial<MetricOptions> = {}) {
  return defineMetric(kind, 'postern_x_', name, { help, ...options });
}

const wrong: Readonly<Record<string, () => unknown>> = {
  'an empty name': () => define('counter', ''),
  'a name with capitals': () => define('counter', 'scansTotal'),
  'a name with a blank': () => define('counter', 'scans total'),
  'a name that starts with a digit': () => define('counter', '7_scans'),
  'a very long name': () => define('counter', 'x'.repeat(200)),
  'no help': () => define('counter', 'scans', { help: ' ' }),
  'a label twice': () => define('counter', 'scans', { labels: ['a', 'a'] }),
  'a label that Prometheus reserves': () => define('histogram', 'scans', { labels: ['le'] }),
  'a label with a hyphen': () => define('counter', 'scans', { labels: ['a-b'] }),
  'buckets of a counter': () => define('counter', 'scans', { buckets: [1] }),
  'no buckets': () => define('histogram', 'scans', { buckets: [] }),
  'buckets that fall': () => define('histogram', 'scans', { buckets: [1, 2, 2] }),
  'an endless bucket': () =>
    define('histogram', 'scans', { buckets: [1, Number.POSITIVE_INFINITY] }),
};

for (const [name, attempt] of Object.entries(wrong)) {
  test(`${name} cannot be defined`, () => assert.throws(attempt, withCode('METRIC_INVALID')));
}

test('a histogram has three more names on the page, and buckets even when none are given', () => {
  const metric = define('histogram', 'scan_seconds');
  assert.deepEqual(pageNames(metric), [
    'postern_x_scan_seconds',
    'postern_x_scan_seconds_bucket',
    'postern_x_scan_seconds_sum',
    'postern_x_scan_seconds_count',
  ]);
  assert.ok((metric.buckets?.length ?? 0) > 5);
});

test('the help and the order of labels make no other metric, kind, labels and buckets do', () => {
  const metric = define('counter', 'scans', { labels: ['a', 'b'] });
  assert.ok(
    isSameMetric(metric, define('counter', 'scans', { labels: ['b', 'a'], help: 'Else.' })),
  );
  assert.ok(!isSameMetric(metric, define('gauge', 'scans', { labels: ['a', 'b'] })));
  assert.ok(!isSameMetric(metric, define('counter', 'scans', { labels: ['a'] })));
  const histogram = define('histogram', 'scans', { buckets: [1, 2] });
  assert.ok(!isSameMetric(histogram, define('histogram', 'scans', { buckets: [1, 3] })));
});
