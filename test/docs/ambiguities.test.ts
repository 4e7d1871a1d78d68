import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ambiguityKinds } from '../../src/message/ambiguity.ts';

const document = readFileSync(new URL('../../docs/ambiguities.md', import.meta.url), 'utf8');

/** Cells of the rows whose first cell is a kind. */
function rows(): readonly (readonly string[])[] {
  return document
    .split('\n')
    .filter((line) => /^\| `[a-z0-9-]+` *\|/.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replace(/^`([a-z0-9-]+)`$/, '$1')),
    );
}

test('docs/ambiguities.md has every kind once, in the order of the list, and no other', () => {
  assert.deepEqual(
    rows().map(([kind]) => kind),
    Object.keys(ambiguityKinds),
  );
});

test('docs/ambiguities.md tells the reach of each kind, who reads what, and an example', () => {
  for (const row of rows()) {
    const [kind = '', , , reach, example] = row;
    assert.equal(row.length, 5, kind);
    assert.equal(reach, Reflect.get(ambiguityKinds, kind), kind);
    assert.ok(example);
  }
});
