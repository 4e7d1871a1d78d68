import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatNumber, renderMarkdown, renderText } from '../../bench/harness/table.ts';
import { absoluteTarget, judged, ratioTarget } from '../../bench/harness/targets.ts';
import { rowOf, tableOf } from './report-of.ts';

const rows = [
  rowOf('direct', { rate: [900] }),
  rowOf('dovecot', { cpu: [0.2, 0.2, 0.2] }),
  rowOf('postern', { cpu: [0.5, 0.5, 0.5], rate: [300] }),
];

test('numbers have three significant digits and no exponent', () => {
  const written: readonly (readonly [number, string])[] = [
    [0, '0'],
    [0.0001234, '0.000123'],
    [0.1234, '0.123'],
    [1.234, '1.23'],
    [12.34, '12.3'],
    [123.4, '123'],
    [123456, '123456'],
    [-1.234, '-1.23'],
  ];
  for (const [value, text] of written) assert.equal(formatNumber(value), text);
});

test('the table for people shows figures, scatter and the ratio to the bases that were measured', () => {
  const lines = renderText(tableOf(rows)).split('\n');
  assert.equal(lines[0], 'login: logins');
  assert.match(lines[1] ?? '', /^peer +CPU, ms +rate, \/s +x dovecot$/);
  assert.match(lines[3] ?? '', /^direct +- +900 +-$/);
  assert.match(lines[4] ?? '', /^dovecot +0\.200 ±0% +- +1\.00$/);
  assert.match(lines[5] ?? '', /^postern +0\.500 ±0% +300 +2\.50$/);
});

test('a base that was not measured has no column', () => {
  assert.doesNotMatch(renderText(tableOf(rows.slice(2))), /dovecot/);
});

test('targets and notes stand below the table', () => {
  const noted = { ...rowOf('pipe', { cpu: [1] }), note: '3 of 9 failed' };
  const table = { ...tableOf([...rows, noted]), targets: [judged('a <= 1', 1, 2)] };
  assert.match(renderText(table), /^ {2}pipe: 3 of 9 failed\n {2}missed: a <= 1, measured 2\.00$/m);
  assert.match(renderMarkdown(table), /^- pipe: 3 of 9 failed\n- missed: a <= 1, measured 2\.00$/m);
});

test('every line of the Markdown table has the same width and number of cells', () => {
  const lines = renderMarkdown(tableOf(rows))
    .split('\n')
    .filter((line) => line.startsWith('|'));
  assert.equal(lines.length, 5);
  assert.equal(new Set(lines.map((line) => line.length)).size, 1);
  assert.equal(new Set(lines.map((line) => line.split('|').length)).size, 1);
});

test('a ratio is met up to its limit and missed above', () => {
  const of = (atMost: number) =>
    ratioTarget(rows, { figure: 'cpu', peer: 'postern', base: 'dovecot', atMost });
  assert.equal(of(2.5).state, 'met');
  assert.equal(of(2.4).state, 'missed');
  assert.equal(of(2.4).measured, 2.5);
});

test('a target whose peer or base was not measured is neither met nor missed', () => {
  const of = (peer: string, base: string) =>
    ratioTarget(rows, { figure: 'cpu', peer, base, atMost: 1 }).state;
  assert.equal(of('postern', 'nginx'), 'not measured');
  assert.equal(of('nginx', 'postern'), 'not measured');
  assert.equal(of('postern', 'direct'), 'not measured');
});

test('an absolute target knows its unit', () => {
  const target = absoluteTarget(rows, { figure: 'cpu', peer: 'postern', atMost: 1, unit: 'ms' });
  assert.deepEqual(target, { text: 'postern <= 1 ms', atMost: 1, measured: 0.5, state: 'met' });
});
