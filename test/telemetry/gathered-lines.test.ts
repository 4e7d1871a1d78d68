import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatheredLines } from '../../src/telemetry/gathered-lines.ts';

function gathered() {
  const written: string[] = [];
  return { written, lines: new GatheredLines({ write: (text) => written.push(text) }) };
}

test('lines that come one after another leave together, soon and by themselves', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { written, lines } = gathered();
  lines.write('one\n');
  lines.write('two\n');
  assert.deepEqual(written, []);
  t.mock.timers.tick(100);
  assert.deepEqual(written, ['one\ntwo\n']);
  lines.write('three\n');
  t.mock.timers.tick(100);
  assert.deepEqual(written, ['one\ntwo\n', 'three\n']);
});

test('many lines do not wait', () => {
  const { written, lines } = gathered();
  const line = `${'x'.repeat(999)}\n`;
  for (let count = 0; count < 10; count += 1) lines.write(line);
  lines.flush();
  assert.ok(written.length > 1);
  assert.equal(written.join(''), line.repeat(10));
});

test('what has not left yet can be taken, once', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { written, lines } = gathered();
  lines.write('one\n');
  assert.equal(lines.take(), 'one\n');
  assert.equal(lines.take(), '');
  lines.flush();
  t.mock.timers.tick(100);
  assert.deepEqual(written, []);
});
