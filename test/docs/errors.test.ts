import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');

interface Row {
  readonly fault: string;
  /** Cells after that of the fault. */
  readonly text: string;
}

/** Where an error gets its code: the constructor, and the few functions that stand before it. */
const origins =
  /\b(?:new AppError|super|refusedByUpstream|pluginError)\(\s*'([A-Z][A-Z0-9_]*)'|\bpluginRefusal = '([A-Z_]+)'/g;

/** An error that is made in one place, with all that the client is told. */
const literals =
  /new AppError\(\s*'(?<code>[A-Z_0-9]+)',\s*\{(?=[^}]*?fault: '(?<fault>\w+)')(?=[^}]*?publicText: (?<quote>['"])(?<text>[^\n]*?)\k<quote>,?\s)(?<rest>[^}]*)/g;

/** Functions that pass a code on; every other `new AppError(` names its code. */
const passers = ['return new AppError(code, {', 'return new AppError(pluginRefusal, {'];

function sources(): string[] {
  const files = globSync('{src,plugins}/**/*.ts', { cwd: root });
  return files.map((file) => readFileSync(join(root, file), 'utf8'));
}

function rowsOf(markdown: string): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const line of markdown.split('\n')) {
    const [code, fault, ...rest] = line.split('|').slice(1, -1);
    const name = /^ `([A-Z][A-Z0-9_]*)` +$/.exec(code ?? '')?.[1];
    if (name === undefined) continue;
    assert.equal(rows.has(name), false, `${name} stands twice`);
    rows.set(name, { fault: fault?.trim() ?? '', text: rest.join('|') });
  }
  return rows;
}

const texts = sources();
const rows = rowsOf(readFileSync(join(root, 'docs/errors.md'), 'utf8'));

test('docs/errors.md has every code of the sources and no other', () => {
  const codes = new Set<string>();
  for (const text of texts) {
    for (const [, direct, named] of text.matchAll(origins)) codes.add(direct ?? named ?? '');
  }
  assert(codes.size > 30, `only ${codes.size} codes found`);
  assert.deepEqual([...rows.keys()].toSorted(), [...codes].toSorted());
});

test('no error gets its code in a way that this test does not see', () => {
  for (const text of texts) {
    for (const { index } of text.matchAll(/new AppError\((?!\s*')/g)) {
      const isKnown = passers.some((passer) =>
        text
          .slice(index - 'return '.length)
          .trimStart()
          .startsWith(passer),
      );
      assert(isKnown, text.slice(index, index + 60));
    }
  }
});

test('fault, response code and text in docs/errors.md are those of the sources', () => {
  let compared = 0;
  for (const source of texts) {
    for (const { groups } of source.matchAll(literals)) {
      const { code = '', fault, text, rest = '' } = groups ?? {};
      const row = rows.get(code);
      assert(row !== undefined, code);
      assert.equal(row.fault, fault, code);
      const told = row.text.match(/`-ERR \[[^`]+\] [^`]+`/)?.[0];
      if (told === undefined) continue;
      const responseCode = /responseCode: '([A-Z/]+)'/.exec(rest)?.[1] ?? 'SYS/TEMP';
      assert.equal(told, `\`-ERR [${responseCode}] ${text}\``, code);
      compared += 1;
    }
  }
  assert(compared > 10, `only ${compared} texts compared`);
});
