import assert from 'node:assert/strict';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { locatePlugin } from '../../src/pipeline/plugin-location.ts';
import { type TemporaryFolder, temporaryFolder } from '../helpers/process.ts';

let folder: TemporaryFolder;

before(async () => {
  folder = await temporaryFolder('location');
});

after(async () => {
  await folder[Symbol.asyncDispose]();
});

async function write(path: string, content: string | object = ''): Promise<void> {
  const file = join(folder.path, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
}

/** The file relative to the folder, with its version, or the problem. */
function locate(use: string): string {
  const location = locatePlugin(use, folder.path);
  const text =
    location.kind === 'found' ? `${location.file} ${location.version}` : location.problem;
  return text.replaceAll(`${folder.path}/`, '').replaceAll(folder.path, '.');
}

test('a bare name is a bundled plugin, with the version of Postern', async () => {
  const manifest = JSON.parse(
    await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  const location = locatePlugin('clamav', folder.path);
  assert.equal(location.kind, 'found');
  assert.match(location.kind === 'found' ? location.file : '', /\/plugins\/clamav\/index\.ts$/);
  assert.equal(location.kind === 'found' && location.version, manifest.version);
});

test('a bundled plugin cannot be replaced by a package of its name', async () => {
  await write('node_modules/clamav/package.json', { main: 'evil.js', version: '1.0.0' });
  await write('node_modules/clamav/evil.js');
  assert.match(locate('clamav'), /\/plugins\/clamav\/index\.ts /);
});

test('a path is a file, relative to the folder of the configuration', async () => {
  await write('mine.ts');
  await write('deep/other.mjs');
  assert.equal(locate('./mine.ts'), 'mine.ts undefined');
  assert.equal(locate('./deep/other.mjs'), 'deep/other.mjs undefined');
  assert.equal(locate(join(folder.path, 'mine.ts')), 'mine.ts undefined');
});

const folders: readonly (readonly [string, Readonly<Record<string, string | object>>, string])[] = [
  ['index.ts', { 'index.ts': '', 'index.js': '' }, 'index.ts undefined'],
  ['index.js', { 'index.js': '' }, 'index.js undefined'],
  ['index.mjs', { 'index.mjs': '' }, 'index.mjs undefined'],
  [
    'main',
    { 'package.json': { main: 'lib/a.js', version: '1.2.3' }, 'lib/a.js': '' },
    'lib/a.js 1.2.3',
  ],
  [
    'exports before main',
    { 'package.json': { main: 'b.js', exports: './a.js' }, 'a.js': '' },
    'a.js undefined',
  ],
  [
    'conditions in their order',
    {
      'package.json': {
        exports: { '.': { types: './a.d.ts', require: './a.cjs', import: { node: './a.js' } } },
      },
      'a.js': '',
      'a.cjs': '',
      'a.d.ts': '',
    },
    'a.js undefined',
  ],
  [
    'no exports but a version',
    { 'package.json': { version: '2.0.0' }, 'index.ts': '' },
    'index.ts 2.0.0',
  ],
  ['a package.json that is none', { 'package.json': '{', 'index.ts': '' }, 'index.ts undefined'],
];

for (const [name, files, expected] of folders) {
  test(`a folder with ${name} is found`, async () => {
    const place = name.replaceAll(/\W/g, '-');
    for (const [file, content] of Object.entries(files)) await write(`${place}/${file}`, content);
    assert.equal(locate(`./${place}`), `${place}/${expected}`);
  });
}

test('an npm package is found from the folder of the configuration and from those above it', async () => {
  await write('node_modules/postern-plugin-x/package.json', {
    exports: './x.js',
    version: '3.1.4',
  });
  await write('node_modules/postern-plugin-x/x.js');
  await write('node_modules/@scope/y/package.json', { main: 'y.mjs' });
  await write('node_modules/@scope/y/y.mjs');
  assert.equal(locate('postern-plugin-x'), 'node_modules/postern-plugin-x/x.js 3.1.4');
  assert.equal(locate('@scope/y'), 'node_modules/@scope/y/y.mjs undefined');
  const below = locatePlugin('@scope/y', join(folder.path, 'conf/d'));
  assert.equal(below.kind, 'found');
});

test('TypeScript below node_modules is refused with the reason, unless it is a link to elsewhere', async () => {
  await write('node_modules/typed/package.json', { exports: './index.ts' });
  await write('node_modules/typed/index.ts');
  assert.equal(
    locate('typed'),
    "no plugin 'typed': node_modules/typed/index.ts is TypeScript, which Node.js does not run below node_modules; a package has to ship JavaScript",
  );
  await write('workspace/linked/package.json', { exports: './index.ts', version: '1.0.0' });
  await write('workspace/linked/index.ts');
  await symlink(join(folder.path, 'workspace/linked'), join(folder.path, 'node_modules/linked'));
  assert.match(locate('linked'), /linked\/index\.ts 1\.0\.0$/);
});

const absent: readonly (readonly [string, string])[] = [
  ['clamvv', 'no plugin of Postern has this name, and no package clamvv is installed for .'],
  ['@scope/none', 'no package @scope/none is installed for .'],
  ['./nowhere.ts', 'there is no nowhere.ts'],
  [
    './empty',
    'empty has no index.ts, index.js, index.mjs, nor a package.json with exports or main',
  ],
  ['./broken', 'package.json in broken names ./gone.js, which is not there'],
];

for (const [use, expected] of absent) {
  test(`what was looked for is said of ${use}`, async () => {
    await write('empty/readme.txt');
    await write('broken/package.json', { exports: './gone.js' });
    assert.equal(locate(use), `no plugin '${use}': ${expected}`);
  });
}
