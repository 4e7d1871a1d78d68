import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createServerMetrics } from '../../../plugins/clamav/server-metrics.ts';
import { RecordingMetrics } from './recording-metrics.ts';

test('the README names every metric', async () => {
  const metrics = new RecordingMetrics();
  createServerMetrics(metrics);
  const readme = await readFile(
    new URL('../../../plugins/clamav/README.md', import.meta.url),
    'utf8',
  );
  assert.ok(metrics.names.length > 5);
  for (const name of metrics.names) assert.ok(readme.includes(`\`postern_clamav_${name}\``), name);
});

test('each server has its own face of the same metrics', () => {
  const metrics = new RecordingMetrics();
  const metricsOf = createServerMetrics(metrics);
  metricsOf('a').scanEnded('clean');
  metricsOf('a').scanEnded('clean');
  metricsOf('b').scanEnded('given_up');
  const scans = (server: string, result: string) =>
    metrics.value('scans_total', { server, result });
  assert.deepEqual(
    [scans('a', 'clean'), scans('b', 'given_up'), scans('b', 'clean')],
    [2, 1, undefined],
  );
});

test('what a clamd does not tell is no metric, and none comes from the future', () => {
  const metrics = new RecordingMetrics();
  const face = createServerMetrics(metrics)('a');
  face.version({ engine: '1', signatures: undefined, databaseTimeMs: undefined }, 0);
  assert.equal(metrics.value('signature_version', { server: 'a' }), undefined);
  assert.equal(metrics.value('signature_age_seconds', { server: 'a' }), undefined);
  face.version({ engine: '1', signatures: '5', databaseTimeMs: 5000 }, 1000);
  assert.equal(metrics.value('signature_age_seconds', { server: 'a' }), 0);
});
