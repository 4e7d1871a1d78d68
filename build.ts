// Owns the tree that is published: JavaScript and declarations in dist/, laid out as the sources are.
// Node refuses TypeScript below node_modules, so the sources themselves cannot be published.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = import.meta.dirname;
const output = join(root, 'dist');

rmSync(output, { recursive: true, force: true });
compile();
for (const folder of ['src', 'plugins']) copyAssets(folder);
describePackage();
makeExecutable(join(output, 'src/cli/main.js'));

function compile(): void {
  // Version 7 is a native program behind a small script; it has no API to call.
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  const compiler = join(typescript, 'bin', 'tsc');
  const { status, error } = spawnSync(
    process.execPath,
    [compiler, '-p', join(root, 'tsconfig.build.json')],
    { stdio: 'inherit' },
  );
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** Pages, declarations and documents that lie beside the code. */
function copyAssets(folder: string): void {
  cpSync(join(root, folder), join(output, folder), {
    recursive: true,
    filter: (source) => statSync(source).isDirectory() || isAsset(source),
  });
}

function isAsset(path: string): boolean {
  return !/\.[cm]?tsx?$/.test(path) || /\.d\.[cm]?ts$/.test(path);
}

/** Gives `#plugin-api` its meaning inside dist/, and tells the program its version. */
function describePackage(): void {
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) {
    throw new Error('package.json has no version');
  }
  const published = {
    type: 'module',
    version: manifest.version,
    imports: {
      '#plugin-api': './src/plugin-api/index.js',
      '#plugin-testing': './src/pipeline/testing.js',
    },
  };
  writeFileSync(join(output, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
}

function makeExecutable(file: string): void {
  const shebang = '#!/usr/bin/env node\n';
  const code = readFileSync(file, 'utf8');
  if (!code.startsWith(shebang)) writeFileSync(file, shebang + code);
  chmodSync(file, 0o755);
}
