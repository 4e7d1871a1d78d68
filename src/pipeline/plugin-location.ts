// Owns which file `use:` means: a bundled plugin, a file or folder of the administrator, or an npm
// package found from the folder of the configuration. It loads none of them.
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `.ts` in the source tree, `.js` in the published one. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const bundledFolder = fileURLToPath(new URL('../../plugins/', import.meta.url));
/** The same relative place in the checkout and in the published tree. */
const ownManifest = fileURLToPath(new URL('../../package.json', import.meta.url));

export type PluginLocation =
  | {
      readonly kind: 'found';
      readonly file: string;
      /** Of the package that the file belongs to; a file that stands alone has none. */
      readonly version: string | undefined;
    }
  /** `problem` says what was looked for. */
  | { readonly kind: 'missing'; readonly problem: string };

/** `folder` is that of the configuration file. */
export function locatePlugin(use: string, folder: string): PluginLocation {
  if (/^(?:\.{1,2})?\//.test(use)) return locatePath(use, folder);
  const bundled = join(bundledFolder, use, `index.${extension}`);
  // Bundled plugins come first, so that no package can take the place of one.
  if (!use.startsWith('@') && existsSync(bundled)) {
    return found(bundled, readManifest(ownManifest)?.version);
  }
  return locatePackage(use, folder);
}

export function isBundled(file: string): boolean {
  return file.startsWith(bundledFolder);
}

function locatePath(use: string, folder: string): PluginLocation {
  const path = resolve(folder, use);
  const kind = kindOf(path);
  if (kind === 'file') return checked(use, path, undefined);
  if (kind === 'folder') return locateFolder(use, path);
  return missing(use, `there is no ${path}`);
}

function locatePackage(use: string, folder: string): PluginLocation {
  const manifest = findManifest(use, folder);
  if (manifest === undefined) {
    const bundled = use.startsWith('@') ? '' : 'no plugin of Postern has this name, and ';
    return missing(use, `${bundled}no package ${use} is installed for ${folder}`);
  }
  return locateFolder(use, dirname(manifest));
}

function findManifest(use: string, folder: string): string | undefined {
  try {
    return findPackageJSON(use, join(folder, 'postern.yaml'));
  } catch {
    // A name that no package can have, or none of that name.
    return undefined;
  }
}

const indexFiles = ['index.ts', 'index.js', 'index.mjs'] as const;

function locateFolder(use: string, folder: string): PluginLocation {
  const manifest = readManifest(join(folder, 'package.json'));
  const entry = manifest?.entry;
  if (entry !== undefined) {
    const file = resolve(folder, entry);
    if (kindOf(file) === 'file') return checked(use, file, manifest?.version);
    return missing(use, `package.json in ${folder} names ${entry}, which is not there`);
  }
  const index = indexFiles.find((name) => kindOf(join(folder, name)) === 'file');
  if (index !== undefined) return checked(use, join(folder, index), manifest?.version);
  return missing(
    use,
    `${folder} has no ${indexFiles.join(', ')}, nor a package.json with exports or main`,
  );
}

/** Where a package lies behind a link, that place counts for Node. */
function checked(use: string, file: string, version: string | undefined): PluginLocation {
  const real = realpathSync(file);
  if (/\.[cm]?ts$/.test(real) && real.includes('/node_modules/')) {
    return missing(
      use,
      `${real} is TypeScript, which Node.js does not run below node_modules; a package has to ship JavaScript`,
    );
  }
  return found(file, version);
}

interface Manifest {
  readonly version: string | undefined;
  /** What `exports` or `main` gives to somebody who imports the package. */
  readonly entry: string | undefined;
}

/** Undefined when there is none, or none that can be read. */
function readManifest(file: string): Manifest | undefined {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
  if (typeof content !== 'object' || content === null) return undefined;
  const { version, exports, main } = content as Readonly<Record<string, unknown>>;
  return {
    version: textOf(version),
    entry: exports === undefined ? textOf(main) : entryOf(exports),
  };
}

/** The target of `exports` for an import of the package itself, as Node's manual has it. */
function entryOf(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports;
  if (Array.isArray(exports)) return exports.map(entryOf).find((entry) => entry !== undefined);
  if (typeof exports !== 'object' || exports === null) return undefined;
  // The order of the conditions is that of the file: the first one that holds counts.
  for (const [key, target] of Object.entries(exports)) {
    if (!['.', 'import', 'node', 'module-sync', 'default'].includes(key)) continue;
    const entry = entryOf(target);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function kindOf(path: string): 'file' | 'folder' | 'none' {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 'none';
  return stats.isDirectory() ? 'folder' : 'file';
}

function found(file: string, version: string | undefined): PluginLocation {
  return { kind: 'found', file, version };
}

function missing(use: string, reason: string): PluginLocation {
  return { kind: 'missing', problem: `no plugin '${use}': ${reason}` };
}
