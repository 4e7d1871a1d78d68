// Every real client works with every real server through the proxy, and the page that says so is true.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import { interopFile } from '../../docs/generate-interop.ts';
import { type CellResult, cellsOf, nameOf, servers } from '../helpers/interop/cell.ts';
import { renderTable } from '../helpers/interop/page.ts';
import { matrixMissing, runMatrix } from '../helpers/interop/run-matrix.ts';
import { needs } from '../helpers/requirement.ts';

const matrixLimitMs = 280_000;
let results: readonly CellResult[] = [];

before(
  async () => {
    if (matrixMissing() === undefined) results = await runMatrix(() => {});
  },
  { timeout: matrixLimitMs },
);

for (const expected of servers.flatMap(cellsOf)) {
  test(nameOf(expected), (t) => {
    if (!needs(t, matrixMissing())) return;
    const result = results.find(({ cell }) => nameOf(cell) === nameOf(expected));
    assert.deepEqual(result?.outcome, { kind: 'passed' });
  });
}

test('docs/interop.md holds the table of this run', async (t) => {
  if (!needs(t, matrixMissing())) return;
  const page = await readFile(interopFile, 'utf8');
  assert.ok(page.includes(renderTable(results)), 'run `npm run interop`');
});
