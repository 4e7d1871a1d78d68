import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from '../../../src/cli/doctor/check.ts';
import { reportJson, reportLine, summaryLine } from '../../../src/cli/doctor/report-lines.ts';

const reports: readonly Report[] = [
  { subject: 'a', level: 'ok', found: 'well' },
  { subject: 'b', level: 'warn', found: 'soon', advice: 'Act.' },
  { subject: 'c', level: 'fail', found: 'no\r\nmore\u001b[31m', advice: 'Act now.' },
  { subject: 'd', level: 'skipped', found: 'not here' },
];

test('each report is one line, whatever a server said', () => {
  assert.deepEqual(reports.map(reportLine), [
    'ok       a: well',
    'warn     b: soon. Act.',
    'fail     c: no more?[31m. Act now.',
    'skipped  d: not here',
  ]);
});

test('as JSON a report has all its fields', () => {
  for (const report of reports) assert.deepEqual(JSON.parse(reportJson(report)), report);
});

test('the summary counts each kind', () => {
  assert.equal(summaryLine(reports), '1 ok, 1 to look at, 1 failed, 1 skipped');
});
