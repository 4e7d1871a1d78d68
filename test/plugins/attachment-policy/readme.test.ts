import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { defaultRules } from '../../../plugins/attachment-policy/rules/default-rules.ts';
import { traitMeanings } from '../../../plugins/attachment-policy/trait.ts';

const readme = await readFile(
  new URL('../../../plugins/attachment-policy/README.md', import.meta.url),
  'utf8',
);

/** The cells of the table below a heading, without its head. */
function tableBelow(heading: string): string[][] {
  const [, section = ''] = readme.split(`## ${heading}\n`);
  const [text = ''] = section.split('\n## ', 1);
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test('the README has every trait, in the order and with the words of the code', () => {
  assert.deepEqual(
    tableBelow('Traits').map(([trait, meaning]) => [trait, meaning]),
    Object.entries(traitMeanings).map(([trait, meaning]) => [`\`${trait}\``, meaning]),
  );
});

test('the README has every default rule, in order', () => {
  assert.deepEqual(
    tableBelow('Default rules'),
    defaultRules.map(({ name, verdict, match }) => [
      `\`${name}\``,
      verdict,
      (match.traits ?? []).map((trait) => `\`${trait}\``).join(', '),
    ]),
  );
});
