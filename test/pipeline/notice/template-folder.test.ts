import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ConfigError } from '../../../src/config/problem.ts';
import { loadNoticeTemplates } from '../../../src/pipeline/notice/template-folder.ts';

type Files = Readonly<Record<string, string | Buffer>>;

async function folderOf(t: TestContext, files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-templates-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

/** Lines of the problems, without the folder. */
async function problemsOf(folder: string): Promise<string[]> {
  try {
    await loadNoticeTemplates(folder);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    assert.equal(error.code, 'CONFIG_INVALID');
    return error.publicText
      .split('; ')
      .map((line) => line.replace(`${folder}/`, '').replace(folder, 'folder'));
  }
  return [];
}

test('templates are found by language; other files may lie beside them', async (t) => {
  const folder = await folderOf(t, {
    'notice.nl.txt': '\ufeffVan {{from}}\r\n',
    'notice.nl.html': '<p>{{from}}',
    'subject.nl.txt': '[Dicht] {{subject}}\n',
    'stripped.nl.txt': 'weg: {{part}}',
    'notice.pt-BR.txt': 'x',
    'README.md': '{{nothing}}',
  });
  const templates = await loadNoticeTemplates(folder);
  assert.deepEqual([...templates.keys()], ['nl', 'pt-br']);
  assert.deepEqual(templates.get('nl')?.text.pieces, [
    { kind: 'literal', text: 'Van ', section: undefined },
    { kind: 'value', name: 'from', section: undefined },
    { kind: 'literal', text: '\n', section: undefined },
  ]);
  assert.equal(templates.get('pt-br')?.html, undefined);
});

const mistakes: Readonly<Record<string, { files: Files; problems: readonly RegExp[] }>> = {
  'an unknown placeholder': {
    files: { 'notice.nl.txt': 'x\n  {{form}}' },
    problems: [/^notice\.nl\.txt:2:3: \{\{form\}\}: unknown placeholder/],
  },
  'mistakes in several files': {
    files: { 'notice.nl.txt': '{{', 'notice.nl.html': '<p {{from}}>' },
    problems: [/^notice\.nl\.html:1:4: \{\{from\}\}/, /^notice\.nl\.txt:1:1: \{\{: expected \}\}/],
  },
  'a missing plain text': {
    files: { 'notice.nl.html': 'x' },
    problems: [/^notice\.nl\.txt: this file is missing$/],
  },
  'a name that is nearly right': {
    files: { 'notice.txt': 'x', 'notice.nl.txt': 'x', 'notice.nl.htm': 'x' },
    problems: [/^notice\.nl\.htm: expected a name/, /^notice\.txt: expected a name/],
  },
  'a subject of two lines': {
    files: { 'notice.nl.txt': 'x', 'subject.nl.txt': 'a\nb\n' },
    problems: [/^subject\.nl\.txt:2:1: expected one line$/],
  },
  'octets that are no UTF-8': {
    files: { 'notice.nl.txt': Buffer.from([0x61, 0xff]) },
    problems: [/^notice\.nl\.txt: cannot be read as UTF-8 text/],
  },
  'a file without end': {
    files: { 'notice.nl.txt': Buffer.alloc(300_000, 'x') },
    problems: [/^notice\.nl\.txt: cannot be read .*larger than 256 KB/],
  },
};

for (const [name, { files, problems }] of Object.entries(mistakes)) {
  test(`${name} is named with its place`, async (t) => {
    const lines = await problemsOf(await folderOf(t, files));
    assert.equal(lines.length, problems.length, lines.join('\n'));
    for (const [index, expected] of problems.entries()) assert.match(lines[index] ?? '', expected);
  });
}

test('a folder that is empty or not there is a mistake', async (t) => {
  const folder = await folderOf(t, {});
  assert.match((await problemsOf(folder))[0] ?? '', /there is no notice\.<language>\.txt/);
  assert.match(
    (await problemsOf(join(folder, 'none')))[0] ?? '',
    /^folder: cannot be read: .*ENOENT/,
  );
});
