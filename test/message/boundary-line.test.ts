import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchBoundaryLine } from '../../src/message/boundary-line.ts';

const boundaries = [Buffer.from('outer'), Buffer.from('in')];
const match = (text: string, input: 'continues' | 'ended' = 'ended') =>
  matchBoundaryLine(Buffer.from(text), 0, boundaries, input);

for (const [text, boundary, role] of [
  ['--outer\r\n', 0, 'opens'],
  ['--outer\n', 0, 'opens'],
  ['--outer--\r\n', 0, 'closes'],
  ['--in \t \r\n', 1, 'opens'],
  ['--in-- \r\n', 1, 'closes'],
  ['--in\r\r\n', 1, 'opens'],
  ['--in', 1, 'opens'],
  ['--in--', 1, 'closes'],
] as const) {
  test(`${JSON.stringify(text)} is a delimiter`, () => {
    const isWholeLine = text.endsWith('\n');
    assert.deepEqual(match(text), {
      kind: 'delimiter',
      boundary,
      role,
      next: text.length,
      isWholeLine,
    });
  });
}

for (const text of [
  '--inner\r\n',
  '--in-\r\n',
  '--in--x\r\n',
  '-- in\r\n',
  '-in\r\n',
  '--\r\n',
  '-',
  '--',
  'in',
  ' --in\r\n',
  '--IN\r\n',
]) {
  test(`${JSON.stringify(text)} is no delimiter`, () => {
    assert.deepEqual(match(text), { kind: 'other' });
  });
}

test('a line is undecided only while it can still become a delimiter', () => {
  for (const text of ['-', '--', '--i', '--in', '--in-', '--in  ', '--in\r']) {
    assert.deepEqual(match(text, 'continues'), { kind: 'undecided' }, text);
  }
  for (const text of ['-x', '--x', '--outeX']) {
    assert.deepEqual(match(text, 'continues'), { kind: 'other' }, text);
  }
});

test('a line is not waited for without limit', () => {
  const result = match(`--in${' '.repeat(5000)}`, 'continues');
  assert.equal(result.kind, 'delimiter');
  assert.equal(result.kind === 'delimiter' && result.isWholeLine, false);
});

test('the inner of two equal boundaries wins', () => {
  const twice = [Buffer.from('b'), Buffer.from('b')];
  const result = matchBoundaryLine(Buffer.from('x--b\n'), 1, twice, 'ended');
  assert.equal(result.kind === 'delimiter' && result.boundary, 1);
});
