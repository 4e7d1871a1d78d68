import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { builtinLanguages } from '../../src/pipeline/notice/language.ts';
import { parseTemplate, placeholders, sections } from '../../src/pipeline/notice/template.ts';

const document = readFileSync(new URL('../../docs/notices.md', import.meta.url), 'utf8');

test('docs/notices.md has every placeholder, every section and every language', () => {
  const rows = [...document.matchAll(/^\| `\{\{(\w+)\}\}` +\|/gm)].map(([, name]) => name);
  assert.deepEqual(rows, [...placeholders]);
  for (const name of sections) assert.ok(document.includes(`\`{{#${name}}}\``), name);
  for (const tag of builtinLanguages) assert.ok(document.includes(`(\`${tag}\`)`), tag);
});

test('the template in docs/notices.md is right', () => {
  const [, example = ''] = /^```text\n(.*?)^```$/ms.exec(document) ?? [];
  const { template, problems } = parseTemplate(example, 'text');
  assert.deepEqual(problems, []);
  assert.ok(template.pieces.length > 10);
});
