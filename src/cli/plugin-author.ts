// Owns what `postern plugin` does for the author of one: a first version, and a run of its tests.
import { spawn } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CliError } from './failure.ts';
import { pluginTemplate } from './plugin-template.ts';

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** Writes the files of a new plugin; returns its folder. Overwrites nothing. */
export async function createPlugin(name: string, parent: string): Promise<string> {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) || name.length > 64) {
    throw new CliError([
      `postern plugin new: '${name}' is no name for a plugin; use small letters, digits and hyphens`,
    ]);
  }
  const folder = join(parent, name);
  await mkdir(parent, { recursive: true });
  try {
    await mkdir(folder);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    throw new CliError([`postern plugin new: ${folder} exists and was left alone`]);
  }
  for (const [file, content] of Object.entries(pluginTemplate(name))) {
    await writeFile(join(folder, file), content, { flag: 'wx' });
  }
  return folder;
}

/** What to do with a new plugin; paths are relative to the working folder. */
export function nextSteps(folder: string): readonly string[] {
  const path = relative('.', folder);
  const shown = /^(?:\.\.\/|\/)/.test(path) ? path : `./${path}`;
  return [
    `${shown} is written. Next:`,
    '',
    `  postern plugin test ${shown}`,
    `  postern scan mail.eml --plugin ${shown}`,
    '',
    'To use it, with a path relative to the configuration:',
    '',
    '  plugins:',
    `    - use: ${shown}`,
  ];
}

/** Runs the tests below a folder; the exit code is that of Node's test runner. */
export async function testPlugin(folder: string): Promise<number> {
  const files = testFiles(folder);
  if (files.length === 0) {
    throw new CliError([
      `postern plugin test: no file in ${folder} has a name such as index.test.ts`,
    ]);
  }
  const preload = new URL(`./plugin-test-preload.${extension}`, import.meta.url).href;
  // Inside of another test run, this variable would make Node report to that one instead.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const runner = spawn(process.execPath, ['--import', preload, '--test', ...files], {
    cwd: folder,
    env,
    stdio: 'inherit',
  });
  const { promise, resolve: ended, reject } = Promise.withResolvers<number>();
  runner.once('error', reject);
  runner.once('close', (code) => ended(code ?? 1));
  return await promise;
}

function testFiles(folder: string): string[] {
  if (!statSync(folder).isDirectory()) {
    throw new CliError([`postern plugin test: ${folder} is no folder`]);
  }
  const found = globSync('**/*.test.{ts,mts,js,mjs}', {
    cwd: folder,
    exclude: (name) => name === 'node_modules',
  });
  return found.sort().map((file) => resolve(folder, file));
}

export interface BundledPlugin {
  readonly name: string;
  readonly points: string;
  readonly about: string;
}

/** The same relative place in the checkout and in the published tree. */
const guide = fileURLToPath(new URL('../../plugins/README.md', import.meta.url));

/** As the table in plugins/README.md has them. */
export function bundledPlugins(): readonly BundledPlugin[] {
  const row = /^\| \[([a-z0-9-]+)\]\([^)]*\) *\| ([^|]*?) *\| ([^|]*?) *\|$/gm;
  return [...readFileSync(guide, 'utf8').matchAll(row)].map(
    ([, name = '', points = '', about = '']) => ({ name, points, about }),
  );
}
