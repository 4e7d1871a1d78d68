import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type TemporaryFolder, temporaryFolder } from '../helpers/process.ts';
import { postern, stackTrace } from './postern.ts';

let folder: TemporaryFolder;

before(async () => {
  folder = await temporaryFolder('plugin-author');
});

after(() => folder[Symbol.asyncDispose]());

async function newFolder(name: string): Promise<string> {
  const path = join(folder.path, name);
  await mkdir(path);
  return path;
}

test('plugin new writes a plugin whose tests pass and that scan runs', async () => {
  const cwd = await newFolder('new');
  const created = await postern(['plugin', 'new', 'my-first'], { cwd });
  assert.equal(created.stderr, '');
  assert.equal(created.code, 0);
  assert.deepEqual((await readdir(join(cwd, 'my-first'))).sort(), [
    'README.md',
    'index.test.ts',
    'index.ts',
  ]);
  const code = await readFile(join(cwd, 'my-first/index.ts'), 'utf8');
  assert.ok(code.trimEnd().split('\n').length <= 24);

  // The commands that were printed, as they were printed.
  const commands = [...created.stdout.toString().matchAll(/^ {2}postern (.+)$/gm)];
  assert.equal(commands.length, 2);
  await writeFile(join(cwd, 'mail.eml'), 'Subject: Invoice\r\n\r\nHello.\r\n');
  const [tested, scanned] = await Promise.all(
    commands.map(([, args = '']) => postern(args.split(' '), { cwd })),
  );
  assert.equal(tested?.code, 0, tested?.stdout.toString());
  assert.match(tested?.stdout.toString() ?? '', /pass 3\b/);
  assert.match(scanned?.stdout.toString() ?? '', /^ {2}my-first: flag word-in-subject: invoice$/m);
});

test('plugin new overwrites nothing', async () => {
  const cwd = await newFolder('existing');
  await mkdir(join(cwd, 'mine'));
  await writeFile(join(cwd, 'mine/index.ts'), 'precious');
  const { code, stderr } = await postern(['plugin', 'new', 'mine'], { cwd });
  assert.equal(stderr, 'postern plugin new: mine exists and was left alone\n');
  assert.equal(code, 1);
  assert.deepEqual(await readdir(join(cwd, 'mine')), ['index.ts']);
  assert.equal(await readFile(join(cwd, 'mine/index.ts'), 'utf8'), 'precious');
});

test('plugin new makes the folder that --dir names', async () => {
  const cwd = await newFolder('elsewhere');
  const { code, stdout } = await postern(['plugin', 'new', 'mine', '--dir', 'a/b'], { cwd });
  assert.equal(code, 0);
  assert.match(stdout.toString(), /^ {2}postern plugin test \.\/a\/b\/mine$/m);
  assert.ok((await readdir(join(cwd, 'a/b/mine'))).includes('index.ts'));
});

for (const name of ['Mine', '../mine', 'a b', '-a', 'a--b', '', 'x'.repeat(65)]) {
  test(`plugin new refuses the name '${name}'`, async () => {
    const cwd = await newFolder(`name-${name.length}-${name.replaceAll(/\W/g, '_')}`);
    const { code, stderr } = await postern(['plugin', 'new', '--', name], { cwd });
    assert.match(stderr, /^postern plugin new: .* is no name for a plugin; /);
    assert.doesNotMatch(stderr, stackTrace);
    assert.equal(code, 1);
    assert.deepEqual(await readdir(cwd), []);
  });
}

test('plugin test ends with 1 when a test fails', async () => {
  const cwd = await newFolder('failing');
  await writeFile(
    join(cwd, 'index.test.mjs'),
    `import { test } from 'node:test'; test('fails', () => { throw new Error('as meant'); });`,
  );
  const { code, stdout } = await postern(['plugin', 'test', '.'], { cwd });
  assert.match(stdout.toString(), /as meant/);
  assert.equal(code, 1);
});

test('plugin test says when there is nothing to test', async () => {
  const cwd = await newFolder('untested');
  await mkdir(join(cwd, 'node_modules/other'), { recursive: true });
  await writeFile(join(cwd, 'node_modules/other/a.test.js'), 'throw 1;');
  const { code, stderr } = await postern(['plugin', 'test', cwd]);
  assert.match(stderr, /^postern plugin test: no file in .* has a name such as index\.test\.ts\n$/);
  assert.equal(code, 1);
  const gone = await postern(['plugin', 'test', join(cwd, 'gone')]);
  assert.match(gone.stderr, /^postern: no such file or folder: /);
});

test('plugin list shows every bundled plugin in one line', async () => {
  const { code, stdout } = await postern(['plugin', 'list']);
  const entries = await readdir(new URL('../../plugins/', import.meta.url), {
    withFileTypes: true,
  });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const lines = stdout.toString().trimEnd().split('\n');
  assert.deepEqual(lines.map((line) => line.split(' ', 1)[0]).sort(), names.sort());
  for (const line of lines) assert.match(line, /^[a-z-]+ +\S.+ \([a-z, ]+\)$/);
  assert.equal(code, 0);
});
