import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tableLines } from '../../src/cli/table.ts';
import { columnsOf, rowJson, selectRows } from '../../src/cli/tls-report.ts';
import type { TlsReportRow } from '../../src/stores/tls-uses.ts';

function row(protocol: string, changes: Partial<TlsReportRow> = {}): TlsReportRow {
  return {
    subject: 'anna',
    door: 'pop3',
    mode: protocol === 'none' ? 'none' : 'stls',
    protocol,
    cipher: protocol === 'none' ? '' : 'A-CIPHER',
    others: 1,
    sessions: 1,
    firstMs: Date.UTC(2026, 0, 1),
    lastMs: Date.UTC(2026, 0, 2, 3, 4),
    ...changes,
  };
}

const all = ['TLSv1.3', 'TLSv1', 'none', 'TLSv1.2', 'TLSv9', 'TLSv1.1'].map((each) => row(each));

function versions(options: Parameters<typeof selectRows>[1]): string[] {
  return selectRows(all, options).map(({ protocol }) => protocol);
}

test('the oldest come first, and a version that is not known last', () => {
  assert.deepEqual(versions({}), ['none', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3', 'TLSv9']);
});

test('older than a version is plain text too', () => {
  assert.deepEqual(versions({ olderThan: 'TLSv1.2' }), ['none', 'TLSv1', 'TLSv1.1']);
  assert.deepEqual(versions({ olderThan: 'TLSv1' }), ['none']);
  assert.deepEqual(versions({ plain: true }), ['none']);
  assert.deepEqual(versions({ limit: '2' }), ['none', 'TLSv1']);
});

test('of the same version, the most used come first', () => {
  const rows = [row('none', { sessions: 2 }), row('none', { sessions: 9 })];
  assert.deepEqual(
    selectRows(rows, {}).map(({ sessions }) => sessions),
    [9, 2],
  );
});

test('a limit that is no number is told', () => {
  assert.throws(() => selectRows(all, { limit: 'x' }), /--limit: expected a number above 0, got x/);
});

test('the table names what it is about', () => {
  const lines = tableLines(columnsOf('account'), [row('none', { sessions: 12 }), row('TLSv1')]);
  assert.deepEqual(lines, [
    'ACCOUNT  TLS    MODE  CIPHER    LISTENER  CLIENTS  SESSIONS  LAST SEEN',
    'anna     none   none  -         pop3      1        12        2026-01-02 03:04',
    'anna     TLSv1  stls  A-CIPHER  pop3      1        1         2026-01-02 03:04',
  ]);
  const [title] = tableLines(columnsOf('upstream'), []);
  assert.match(title ?? '', /^UPSTREAM .* ROUTE +ACCOUNTS /);
});

test('a name cannot move the cursor, in the table or in JSON', () => {
  const evil = row('none', { subject: 'a\u001b[2J\u202eb' });
  for (const line of [...tableLines(columnsOf('account'), [evil]), rowJson('account', evil)]) {
    assert.ok(!line.includes('\u001b') && !line.includes('\u202e'), line);
  }
});

test('JSON has times as text and keys that say what they are', () => {
  const json: unknown = JSON.parse(rowJson('upstream', row('TLSv1.2', { subject: 'pop:995' })));
  assert.deepEqual(json, {
    upstream: 'pop:995',
    route: 'pop3',
    mode: 'stls',
    protocol: 'TLSv1.2',
    cipher: 'A-CIPHER',
    sessions: 1,
    accounts: 1,
    firstSeen: '2026-01-01T00:00:00.000Z',
    lastSeen: '2026-01-02T03:04:00.000Z',
  });
});
