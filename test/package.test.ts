import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { access, constants, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Finished, findProgram, run, temporaryFolder } from './helpers/process.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const { CI } = process.env;
const isCi = CI === 'true';

const noRegistry =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|network|E50[0-9]/i;

function npm(args: readonly string[], cwd: string): Promise<Finished> {
  return run('npm', args, { cwd, limitMs: 280_000 });
}

/** True when npm did it; skips where the registry is out of reach, except in CI. */
function hasSucceeded(context: TestContext, { code, stderr }: Finished): boolean {
  if (code === 0) return true;
  const isExcused = noRegistry.test(stderr) && !isCi;
  assert(isExcused, stderr);
  context.skip('the npm registry cannot be reached');
  return false;
}

test('the packed package installs and runs on its own', async (context) => {
  if (findProgram('npm') === undefined && !isCi) {
    return context.skip('npm is not installed');
  }
  await using folder = await temporaryFolder('package');
  const packed = await npm(['pack', '--pack-destination', folder.path], root);
  assert.equal(packed.code, 0, packed.stderr);
  const tarball = `./${manifest.name}-${manifest.version}.tgz`;

  // Keeps npm from taking a folder above for the project.
  await writeFile(join(folder.path, 'package.json'), '{"private": true, "type": "module"}\n');
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  const installed = await npm(['install', ...flags, tarball], folder.path);
  if (!hasSucceeded(context, installed)) return;

  const program = join(folder.path, 'node_modules/.bin/postern');
  await access(program, constants.X_OK);
  const postern = (...args: readonly string[]): Promise<Finished> =>
    run(process.execPath, [program, ...args], { cwd: folder.path });

  const version = await postern('--version');
  assert.equal(version.stdout.toString(), `${manifest.version}\n`, version.stderr);

  for (const name of ['minimal', 'gateway', 'office-legacy', 'postern.example']) {
    const file = `node_modules/${manifest.name}/config/${name}.yaml`;
    const checked = await postern('check-config', file);
    assert.equal(checked.stderr, '');
    assert.match(checked.stdout.toString(), /: ok, \d+ listeners?, 1 route, \d+ plugins?\n$/);
    assert.equal(checked.code, 0);
  }

  // What the author of a plugin does.
  await writeFile(
    join(folder.path, 'author.js'),
    `import { definePlugin, pass, z } from '${manifest.name}/plugin-api';
const plugin = definePlugin({ name: 'mine', options: z.strictObject({}), setup: () => ({ inspect: async () => pass() }) });
console.log(plugin.name);
`,
  );
  const author = await run(process.execPath, ['author.js'], { cwd: folder.path });
  assert.equal(author.stdout.toString(), 'mine\n', author.stderr);
});
