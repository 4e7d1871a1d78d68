import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatSummary, formatTable, type ReportRow } from '../../src/demo/report.ts';
import { buildSampleMailbox } from '../../src/demo/sample-mailbox.ts';

const row: ReportRow = {
  message: 'plain-short',
  description: 'one line of text',
  listedOctets: 494,
  sentOctets: 517,
  verdict: 'clean',
  action: 'pass',
  durationMs: 3.6,
};

describe('the table', () => {
  test('has a title, a rule and one line per message', () => {
    const refused: ReportRow = { ...row, message: 'second', sentOctets: undefined };
    assert.equal(
      formatTable([row, refused]),
      [
        'message     what it is       listed sent verdict action ms',
        '----------- ---------------- ------ ---- ------- ------ --',
        'plain-short one line of text    494  517 clean   pass    4',
        'second      one line of text    494    - clean   pass    4',
        '',
      ].join('\n'),
    );
  });

  test('fits 100 columns whatever is in it', () => {
    const long = 'x'.repeat(200);
    const rows = [
      { ...row, message: long, description: long, verdict: long, action: long },
      { ...row, listedOctets: 99_999_999, sentOctets: 99_999_999, durationMs: 99_999 },
    ];
    for (const line of formatTable(rows).split('\n')) {
      assert.ok(line.length <= 100, `${line.length} columns: ${line}`);
    }
  });

  test('shows names and descriptions of all samples in full', () => {
    const samples = buildSampleMailbox();
    const table = formatTable(
      samples.map(({ name, description }) => ({ ...row, message: name, description })),
    );
    assert.equal(table.includes('…'), false);
  });
});

describe('the summary', () => {
  const summary = {
    deliveredCount: 28,
    replacedCount: 7,
    problems: [],
    clamd: undefined,
    auditFile: 'folder/audit.jsonl',
    quarantineFolder: 'folder/quarantine',
    configFile: 'folder/postern.yaml',
    logFile: 'folder/postern.log',
  };

  test('says where everything lies', () => {
    const text = formatSummary(summary);
    for (const path of ['audit.jsonl', 'quarantine', 'postern.yaml', 'postern.log']) {
      assert.ok(text.includes(`folder/${path}\n`), path);
    }
    assert.match(text, /28 delivered, 7 replaced/);
    assert.match(text, /Everything came out as it should\.\n$/);
  });

  test('says plainly whether a clamd took part', () => {
    assert.match(formatSummary(summary), /No clamd was found/);
    const text = formatSummary({ ...summary, clamd: '/run/clamd' });
    assert.match(text, /clamd at \/run\/clamd/);
    assert.doesNotMatch(text, /No clamd/);
  });

  test('lists what was wrong', () => {
    const text = formatSummary({ ...summary, problems: ['a: lost', 'b: changed'] });
    assert.match(text, /Not as it should be:\n {2}- a: lost\n {2}- b: changed\n$/);
    assert.doesNotMatch(text, /Everything/);
  });
});
