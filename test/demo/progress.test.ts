import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgress } from '../../src/demo/progress.ts';

function recorder(about: { isTTY?: boolean; columns?: number }) {
  const written: string[] = [];
  return { written, sink: { ...about, write: (text: string) => written.push(text) } };
}

test('outside a terminal every step is a line and updates are silent', () => {
  const { written, sink } = recorder({});
  const progress = createProgress(sink);
  progress.begin('1/2 first');
  progress.update('1/2 first, 50%');
  progress.begin('2/2 second');
  progress.end();
  assert.deepEqual(written, ['1/2 first\n', '2/2 second\n']);
});

test('on a terminal one line changes when there is news, never wraps, and is gone at the end', () => {
  const { written, sink } = recorder({ isTTY: true, columns: 10 });
  const progress = createProgress(sink);
  progress.begin('a step with a long name');
  progress.update('short');
  progress.update('short');
  progress.end();
  assert.deepEqual(written, ['\r\u001b[2Ka step wi', '\r\u001b[2Kshort', '\r\u001b[2K']);
});

test('a terminal that does not know its width gets 79 columns', () => {
  const { written, sink } = recorder({ isTTY: true, columns: 0 });
  createProgress(sink).begin('x'.repeat(200));
  assert.deepEqual(written, [`\r\u001b[2K${'x'.repeat(79)}`]);
});
