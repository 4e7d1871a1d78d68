// docs/eicar.md has a row for each message that is sent, and none for another. What stands in the rows
// is for the run itself to compare.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { eicarFile } from '../../docs/generate-eicar.ts';
import { nameOf } from '../helpers/eicar/page.ts';
import { eicarVariants, harmlessVariants, lookAlikeVariants } from '../helpers/eicar-variants.ts';

test('the document lists the messages that are sent, in their order', () => {
  const rows = [...readFileSync(eicarFile, 'utf8').matchAll(/^\| (.*?) +\|/gm)];
  const names = rows
    .map(([, name]) => name)
    .filter((name) => !/^(?:-+|Wrapping|Message)$/.test(name ?? ''));
  const sent = [...eicarVariants(), ...lookAlikeVariants()];
  assert.deepEqual(names, sent.map(nameOf));
});

test('no two messages have the same name', () => {
  const names = [...eicarVariants(), ...lookAlikeVariants()].map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
});

test('every harmless message is the twin of one with the test string', () => {
  const names = new Set(eicarVariants().map(({ name }) => name));
  assert.deepEqual(
    harmlessVariants().filter(({ name }) => !names.has(name)),
    [],
  );
});
