import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readSpamResults, spamDocument, withFigures } from '../../../bench/spam/document.ts';
import { parseSpamReport, type SpamReport } from '../../../bench/spam/report.ts';

const document = readFileSync(spamDocument, 'utf8');

const interval = { low: 0.1, high: 0.3 };
const report: SpamReport = {
  format: 1,
  takenAt: '2026-01-02T03:04:05.000Z',
  size: 'full',
  collection: 'invented',
  messages: 100,
  loadBefore: 0,
  machine: { processor: 'one', cores: 1, node: 'v24.0.0' },
  filters: [{ name: 'postern', version: '1', setup: 'as shipped' }],
  protocols: [
    {
      protocol: 'online',
      title: 'one by one',
      ham: 60,
      spam: 40,
      filters: [
        {
          filter: 'postern',
          quality: {
            rocaPercent: 0.2,
            hamMissedPercent: 0.2,
            spamMissedPercent: 0.2,
            lamPercent: 0.2,
          },
          intervals: {
            rocaPercent: interval,
            hamMissedPercent: interval,
            spamMissedPercent: interval,
            lamPercent: interval,
          },
          classifyCpuMs: 0.4,
          modelBytes: { disk: 350_000, memory: 2_000_000 },
          seconds: 1,
        },
      ],
    },
  ],
  evasions: {
    spam: 8,
    hamMissedPercent: 0.5,
    evasions: [{ evasion: 'none', title: 'as it was', caughtPercent: { postern: 99 } }],
  },
};

test('the figures in docs/spam.md are those of bench/spam/results.json', () => {
  assert.equal(document, withFigures(document, readSpamResults()));
});

test('other figures take the place of those before, and the text stays', () => {
  const once = withFigures(document, report);
  assert.match(
    once,
    /^\| postern +\| +0\.200 \(0\.100-0\.300\) \|.*\| +0\.400 \| +- \| +350 \(2000 in memory\) \|$/m,
  );
  assert.match(once, /^\| as it was +\| +99\.0 \|$/m);
  assert.equal(withFigures(once, report), once);
  assert.equal(withFigures(once, readSpamResults()), document);
});

test('a document without markers, and a file that is no report, are refused', () => {
  assert.throws(() => withFigures('# Spam', report), /figures/);
  assert.throws(() => parseSpamReport('{"format": 2}'), TypeError);
  assert.deepEqual(parseSpamReport(JSON.stringify(report)), report);
});
