import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderHeadline } from '../../bench/harness/headline.ts';
import { reportOf, rowOf, tableOf } from './report-of.ts';

test('each line has the figures of its peers, a hyphen where there is none, and no line is empty', () => {
  const login = {
    ...tableOf([rowOf('dovecot', { cpu: [0.25] }), rowOf('postern', { cpu: [0.5] })]),
  };
  const scan = tableOf([rowOf('postern-clamav', { wall: [400] })]);
  const lines = renderHeadline(
    reportOf([
      { ...login, name: 'login' },
      { ...scan, name: 'scan-rtt' },
    ]),
  ).split('\n');
  assert.equal(lines.length, 4);
  const cells = lines.map((line) => line.split('|').map((cell) => cell.trim()));
  assert.deepEqual(cells[2]?.slice(1, -1), [
    '50 messages, each reply 40 ms late: time, ms',
    ...['-', '-', '-', '-', '-', '-', '-', '400'],
  ]);
  assert.deepEqual(cells[3]?.slice(1, -1), [
    'a login: CPU, ms',
    ...['-', '-', '-', '0.250', '-', '0.500', '-', '-'],
  ]);
});
