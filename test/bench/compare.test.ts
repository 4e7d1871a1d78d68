import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Change, compareReports, renderChanges } from '../../bench/harness/compare.ts';
import { parseReport, type Row } from '../../bench/harness/report.ts';
import { reportOf, rowOf, tableOf } from './report-of.ts';

function changesOf(now: Row, before: Row): Change[] {
  return compareReports(reportOf([tableOf([now])]), reportOf([tableOf([before])]));
}

const calm = [1, 1.01, 0.99, 1];

test('a figure that needs less is better, and one that needs more is worse', () => {
  const half = calm.map((value) => value / 2);
  const [better] = changesOf(rowOf('postern', { cpu: half }), rowOf('postern', { cpu: calm }));
  const [worse] = changesOf(rowOf('postern', { cpu: calm }), rowOf('postern', { cpu: half }));
  assert.equal(better?.kind, 'better');
  assert.equal(worse?.kind, 'worse');
  assert.ok(Math.abs((better?.ratio ?? 0) - 0.5) < 1e-9);
});

test('of a rate, more is better', () => {
  const twice = calm.map((value) => value * 2);
  const [change] = changesOf(rowOf('postern', { rate: twice }), rowOf('postern', { rate: calm }));
  assert.equal(change?.kind, 'better');
});

test('a change within the scatter of the rounds is none', () => {
  const wild = [1, 1.5, 0.7, 1.2];
  const shifted = wild.map((value) => value * 1.3);
  const [change] = changesOf(rowOf('postern', { cpu: shifted }), rowOf('postern', { cpu: wild }));
  assert.equal(change?.kind, 'same');
});

test('twice as much and half as much are equally far from the same', () => {
  for (const factor of [1.14, 1 / 1.14]) {
    const [change] = changesOf(rowOf('postern', { cpu: [factor] }), rowOf('postern', { cpu: [1] }));
    assert.equal(change?.kind, 'same', String(factor));
  }
  for (const factor of [1.16, 1 / 1.16]) {
    const [change] = changesOf(rowOf('postern', { cpu: [factor] }), rowOf('postern', { cpu: [1] }));
    assert.notEqual(change?.kind, 'same', String(factor));
  }
});

test('peers, figures and tables that only one run has are passed over', () => {
  const now = reportOf([tableOf([rowOf('postern', { cpu: [1], rate: [1] })])]);
  const before = reportOf([tableOf([rowOf('postern', { cpu: [1] }), rowOf('pipe', { cpu: [1] })])]);
  assert.deepEqual(
    compareReports(now, before).map(({ peer, figure }) => `${peer} ${figure}`),
    ['postern cpu'],
  );
  assert.deepEqual(compareReports(now, reportOf([])), []);
});

test('only changes beyond the noise carry a star', () => {
  const text = renderChanges([
    ...changesOf(rowOf('pipe', { cpu: calm }), rowOf('pipe', { cpu: calm })),
    ...changesOf(rowOf('postern', { cpu: [3] }), rowOf('postern', { cpu: [1] })),
  ]);
  assert.match(text, /^ {2}login pipe cpu .*x 1\.00/m);
  assert.match(text, /^\* login postern cpu .*x 3\.00.* worse$/m);
});

test('a report survives its way through a file', () => {
  const report = reportOf([tableOf([rowOf('postern', { cpu: calm })])]);
  assert.deepEqual(parseReport(JSON.stringify(report)), report);
});

test('a file that is no report is refused', () => {
  for (const text of ['{}', 'null', '[]', '{"format":2,"tables":[]}']) {
    assert.throws(() => parseReport(text), TypeError, text);
  }
});
