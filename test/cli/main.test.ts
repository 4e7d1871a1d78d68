import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { badConfigurations, goodYaml } from '../config/bad-configurations.ts';
import { type TemporaryFolder, temporaryFolder } from '../helpers/process.ts';
import { postern, stackTrace } from './postern.ts';

let folder: TemporaryFolder;

before(async () => {
  folder = await temporaryFolder('cli');
});

after(() => folder[Symbol.asyncDispose]());

test('--version prints the version of the package', async () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const { code, stdout } = await postern(['--version']);
  assert.equal(stdout.toString(), `${manifest.version}\n`);
  assert.equal(code, 0);
});

test('--help names every command', async () => {
  const { code, stdout } = await postern(['--help']);
  for (const command of ['serve', 'check-config', 'init', 'scan', 'demo', 'schema']) {
    assert.match(stdout.toString(), new RegExp(`^  ${command}\\b`, 'm'), command);
  }
  assert.equal(code, 0);
});

test('an unknown command or option is refused without a stack', async () => {
  for (const args of [['serv'], ['serve', '--confg', 'x'], ['check-config', 'a', 'b']]) {
    const { code, stderr } = await postern(args);
    assert.equal(code, 1);
    assert.match(stderr, /^error: .+\n/);
    assert.doesNotMatch(stderr, stackTrace);
  }
});

test('schema prints the JSON Schema', async () => {
  const { code, stdout } = await postern(['schema']);
  assert.equal(stdout.toString(), configJsonSchema());
  assert.equal(code, 0);
});

test('check-config says in one line what is in a good configuration', async () => {
  const file = join(folder.path, 'good.yaml');
  await writeFile(file, goodYaml);
  const { code, stdout, stderr } = await postern(['check-config', file]);
  assert.equal(stdout.toString(), `${file}: ok, 1 listener, 1 route, 0 plugins\n`);
  assert.equal(stderr, '');
  assert.equal(code, 0);
});

test('check-config looks for postern.yaml in the working folder', async () => {
  const cwd = join(folder.path, 'with-default');
  await mkdir(cwd);
  await writeFile(join(cwd, 'postern.yaml'), goodYaml);
  const { code, stdout } = await postern(['check-config'], { cwd });
  assert.match(stdout.toString(), /^\.\/postern\.yaml: ok, /);
  assert.equal(code, 0);
});

// The rest of the table is run without a process each, in test/config.
const chosen = [
  'a duplicate key',
  'a misspelt key of a plugin',
  'several mistakes, answered from top to bottom',
];

for (const { name, yaml, answers } of badConfigurations.filter((bad) =>
  chosen.includes(bad.name),
)) {
  test(`${name} ends check-config and serve with exit code 2 and one line for each problem`, async () => {
    const cwd = join(folder.path, name.replaceAll(/\W/g, '-'));
    await mkdir(cwd);
    await writeFile(join(cwd, 'bad.yaml'), yaml);
    const expected = answers.map((answer) => `bad.yaml:${answer}\n`).join('');
    for (const args of [
      ['check-config', 'bad.yaml'],
      ['serve', '--config', 'bad.yaml'],
    ]) {
      const { code, stdout, stderr } = await postern(args, { cwd });
      assert.equal(stderr, expected);
      assert.equal(stdout.toString(), '');
      assert.equal(code, 2);
    }
  });
}

test('a configuration that does not exist is one line and exit code 2', async () => {
  const { code, stderr } = await postern(['check-config', 'nowhere.yaml'], { cwd: folder.path });
  assert.equal(stderr, 'nowhere.yaml: no such file\n');
  assert.equal(code, 2);
});

test('a plugin that does not exist is a problem with a line', async () => {
  const file = join(folder.path, 'no-plugin.yaml');
  await writeFile(file, `${goodYaml}plugins:\n  - use: no-such-plugin\n`);
  const { code, stderr } = await postern(['check-config', file]);
  assert.match(stderr, /no-plugin\.yaml:7:\d+: plugins\[0\]/);
  assert.equal(stderr.trimEnd().split('\n').length, 1);
  assert.equal(code, 2);
});

test('init without a terminal asks for options instead of hanging', async () => {
  const { code, stderr } = await postern(['init'], { cwd: folder.path });
  assert.match(stderr, /^postern init: there is no terminal .+--yes\n$/);
  assert.equal(code, 1);
});

test('init writes a configuration that check-config accepts', async () => {
  const cwd = join(folder.path, 'init');
  await mkdir(cwd);
  const init = ['init', '--yes', '--no-probe', '--host', 'pop.example.net'];
  const first = await postern(init, { cwd });
  assert.equal(first.stderr, '');
  assert.equal(first.code, 0);
  assert.equal((await postern(['check-config'], { cwd })).code, 0);

  const second = await postern(init, { cwd });
  assert.match(second.stderr, /exists and was left alone/);
  assert.equal(second.code, 1);
});
