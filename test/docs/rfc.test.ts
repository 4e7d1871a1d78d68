import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const document = readFileSync(join(root, 'docs/rfc.md'), 'utf8');

/** Every standard that a POP3 proxy has to know. */
const standards = [
  1939, 2449, 2595, 3206, 5034, 4616, 2195, 5802, 7677, 7628, 6856, 8314, 7817, 9525,
];

interface Row {
  readonly clause: string;
  readonly text: string;
  readonly files: readonly string[];
  readonly tests: readonly { readonly file: string; readonly name: string }[];
}

/** By the number of the standard. */
function readSections(): Map<number, Row[]> {
  const sections = new Map<number, Row[]>();
  for (const section of document.split(/^## /m).slice(1)) {
    const number = Number(/^RFC (\d+): \S/.exec(section)?.[1]);
    const [, , ...rows] = section.split('\n').filter((line) => line.startsWith('|'));
    assert.equal(sections.has(number), false, `RFC ${number} stands twice`);
    sections.set(number, rows.map(readRow));
  }
  return sections;
}

function readRow(line: string): Row {
  const cells = line.split('|').slice(1, -1);
  assert.equal(cells.length, 4, line);
  const [clause = '', text = '', files = '', tests = ''] = cells.map((cell) => cell.trim());
  const named = tests.split(/; (?=`test\/)/).map((each) => {
    const { file = '', name = '' } =
      /^`(?<file>test\/[\w/.-]+\.test\.ts)`: "(?<name>.+)"$/.exec(each)?.groups ?? {};
    assert.notEqual(name, '', `the tests of ${clause}: ${each}`);
    return { file, name };
  });
  return { clause, text, files: files.split(', ').map((file) => file.slice(1, -1)), tests: named };
}

const sections = readSections();
const rows = [...sections.values()].flat();

test('docs/rfc.md has a section for every standard, with rows, and no other', () => {
  const found = [...sections].filter(([, { length }]) => length > 0).map(([number]) => number);
  assert.deepEqual(found, standards);
  assert(rows.length > 100, `only ${rows.length} rows`);
});

test('every file in docs/rfc.md exists and is part of the product', () => {
  for (const { clause, files } of rows) {
    for (const file of files) {
      assert.match(file, /^(?:src|plugins)\//, clause);
      assert(existsSync(join(root, file)), `${clause}: ${file}`);
    }
  }
});

test('every test in docs/rfc.md is in the file that is named before it', () => {
  for (const { clause, tests } of rows) {
    for (const { file, name } of tests) {
      const source = readFileSync(join(root, file), 'utf8');
      const isThere = ["'", '"', '`'].some((quote) => source.includes(`${quote}${name}${quote}`));
      assert(isThere, `${clause}: "${name}" in ${file}`);
    }
  }
});

test('every clause says what is done, once', () => {
  for (const [number, section] of sections) {
    const clauses = new Set(section.map(({ clause }) => clause));
    assert.equal(clauses.size, section.length, `RFC ${number}`);
  }
  for (const { clause, text } of rows) assert.match(text, /\.$/, clause);
});
