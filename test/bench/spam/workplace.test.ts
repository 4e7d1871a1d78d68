import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOutput, Workplace } from '../../../bench/spam/filters/workplace.ts';

test('CPU of children is told from what the programs write', () => {
  const text =
    'one\n0m0.010s 0m0.020s\n1m2.500s 0m0.500s\ntwo\n0m0.010s 0m0.020s\n2m0.000s 0m1.000s\n';
  assert.deepEqual(readOutput(text), { lines: ['one', 'two'], childCpuMs: [63_000, 121_000] });
});

test('work that fails or complains is an error', async () => {
  await using workplace = await Workplace.open('test');
  assert.deepEqual((await workplace.shell(['echo one'])).lines, ['one']);
  await assert.rejects(workplace.shell(['false || exit 3']), /failed \(3\)/);
  await assert.rejects(workplace.shell(['echo lost >&2']), /lost/);
});
