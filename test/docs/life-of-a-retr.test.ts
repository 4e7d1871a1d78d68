import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const document = readFileSync(join(root, 'docs/life-of-a-retr.md'), 'utf8').replaceAll('\n', ' ');

/** `file.ts`: `one()`, `two()` and so on, up to the next file. */
interface Mention {
  readonly file: string;
  readonly names: readonly string[];
}

function mentions(): Mention[] {
  const [, ...parts] = document.split(/`(?=src\/[\w/-]+\.ts`)/);
  return parts.map((part) => {
    const file = part.slice(0, part.indexOf('`'));
    const names = [...part.matchAll(/`(#?\w+)\(\)`/g)].map(([, name = '']) => name);
    return { file, names };
  });
}

test('every file in docs/life-of-a-retr.md exists', () => {
  const found = mentions();
  assert(found.length > 20);
  for (const { file } of found) assert(existsSync(join(root, file)), file);
});

test('every function in docs/life-of-a-retr.md is defined in the file named before it', () => {
  let checked = 0;
  for (const { file, names } of mentions()) {
    const source = readFileSync(join(root, file), 'utf8');
    for (const name of names) {
      const definition = new RegExp(
        `(?:function\\*? |^ {2}(?:static |async |\\*)*)${name}(?:<[^(]*>)?\\(`,
        'm',
      );
      assert(definition.test(source), `${name}() in ${file}`);
      checked += 1;
    }
  }
  assert(checked > 30, `only ${checked} names checked`);
});

test('the commit point is marked in the source as the document says', () => {
  const source = readFileSync(join(root, 'src/proxy/deliver.ts'), 'utf8');
  assert.match(source, /^ +\/\/ Commit point/m);
});
