import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CounterSeries, GaugeSeries, HistogramSeries } from '../../src/telemetry/series.ts';

test('a counter adds up, a gauge is what it was set to last', () => {
  const [counter, gauge] = [new CounterSeries({}), new GaugeSeries({})];
  for (const value of [3, 4]) {
    counter.record(value);
    gauge.record(value);
  }
  assert.deepEqual([counter.value, gauge.value], [7, 4]);
});

test('a value lies within each bound that is not below it', () => {
  const series = new HistogramSeries({}, [1, 2, 3]);
  for (const value of [0, 1, 1.5, 3, 7]) series.record(value);
  assert.deepEqual(
    [...series.buckets()],
    [
      [1, 2],
      [2, 3],
      [3, 4],
    ],
  );
  assert.deepEqual([series.count, series.sum], [5, 12.5]);
});
