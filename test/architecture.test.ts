import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');

/** A room imports only rooms of a lower level. */
const levels: Readonly<Record<string, number>> = {
  base: 0,
  pop3: 1,
  message: 1,
  'proxy-protocol': 1,
  config: 1,
  'plugin-api': 2,
  interception: 2,
  stores: 2,
  tls: 2,
  telemetry: 2,
  session: 3,
  upstream: 3,
  routing: 3,
  pipeline: 3,
  proxy: 4,
  training: 4,
  admin: 5,
  demo: 5,
  app: 6,
  cli: 7,
};

/** The rooms that may import an npm package. */
const packageRooms: Readonly<Record<string, readonly string[]>> = {
  '@mongodb-js/saslprep': ['upstream'],
  '@peculiar/x509': ['tls'],
  'prom-client': ['telemetry'],
  re2js: ['base'],
  'reflect-metadata': ['tls'],
  commander: ['cli'],
  'js-yaml': ['config'],
  'koa-compose': ['pipeline'],
  koffi: ['interception'],
  'lru-cache': ['stores'],
  tldts: ['base'],
  pino: ['telemetry'],
  'pino-pretty': ['telemetry'],
  zod: ['config', 'plugin-api'],
};

/** Built-in modules that pure rooms and files must do without: sockets, timers, files, processes. */
const impure =
  /^node:(?:net|tls|http|https|dgram|dns|fs|fs\/promises|timers|timers\/promises|child_process|worker_threads)$/;
const pure =
  /^src\/(?:pop3|message|proxy-protocol|session)\/|^src\/routing\/[^/]+$|^src\/upstream\/dialog\.ts$/;

/** Fewer files than this means that the search is broken, not that the house has shrunk. */
const leastFiles = 80;

interface Import {
  readonly from: string;
  readonly to: string;
}

function sourceFiles(): string[] {
  const files = globSync('{src,plugins}/**/*.ts', { cwd: root });
  return files.filter((file) => !file.endsWith('.d.ts')).sort();
}

function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  // A word in quotes is none of the statement.
  const statement = /(?:(?<!['"-])\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)['"]([^'"\n]+)['"]/g;
  for (const match of text.matchAll(statement)) {
    if (match[1] !== undefined) found.push({ from: file, to: match[1] });
  }
  return found;
}

function roomOf(file: string): string {
  const [, room = ''] = file.split('/');
  return room;
}

/** What is wrong with one import, or undefined. */
function violation({ from, to }: Import): string | undefined {
  const say = (why: string): string => `${from} imports ${to}: ${why}`;
  const isPlugin = from.startsWith('plugins/');
  if (to.startsWith('node:')) {
    return pure.test(from) && impure.test(to) ? say('this file is pure') : undefined;
  }
  if (to === '#plugin-api') return isPlugin ? undefined : say('only plugins use this name');
  if (!to.startsWith('.')) {
    if (isPlugin) return undefined;
    const rooms = packageRooms[to];
    if (rooms === undefined) return say('this package is not in the table');
    return rooms.includes(roomOf(from)) ? undefined : say(`only ${rooms.join(', ')} may`);
  }
  const target = relative(root, join(root, dirname(from), to));
  if (isPlugin) {
    const own = from.split('/').slice(0, 2).join('/');
    return target.startsWith(`${own}/`) ? undefined : say('a plugin stays in its folder');
  }
  if (!target.startsWith('src/')) return say('the house ends at src/');
  const [here, there] = [roomOf(from), roomOf(target)];
  if (here === there) return undefined;
  const [own, other] = [levels[here], levels[there]];
  if (own === undefined || other === undefined) return say('a room without a level');
  return other < own ? undefined : say(`level ${own} must not import level ${other}`);
}

test('every import goes to a lower level', () => {
  const files = sourceFiles();
  assert.ok(files.length >= leastFiles, `only ${files.length} files found`);
  const imports = files.flatMap((file) => importsOf(file, readFileSync(join(root, file), 'utf8')));
  assert.ok(imports.length > files.length, 'hardly any imports found');
  assert.deepEqual(
    imports.map(violation).filter((each) => each !== undefined),
    [],
  );
});

test('each kind of forbidden import is noticed', () => {
  const forbidden: readonly Import[] = [
    { from: 'src/pop3/reply.ts', to: '../session/session.ts' },
    { from: 'src/session/session.ts', to: '../upstream/client.ts' },
    { from: 'src/session/session.ts', to: 'node:net' },
    { from: 'src/upstream/dialog.ts', to: 'node:tls' },
    { from: 'src/proxy/deliver.ts', to: 'zod' },
    { from: 'src/proxy/deliver.ts', to: 'left-pad' },
    { from: 'src/proxy/deliver.ts', to: '../../plugins/clamav/index.ts' },
    { from: 'src/base/errors.ts', to: '../app/start-app.ts' },
    { from: 'plugins/clamav/index.ts', to: '../../src/base/errors.ts' },
    { from: 'plugins/clamav/index.ts', to: '../audit-log/index.ts' },
  ];
  for (const each of forbidden) assert.notEqual(violation(each), undefined, each.to);
});

test('imports are found in every form they can take', () => {
  const text = [
    "import a from './a.ts';",
    "import type { B } from './b.ts';",
    "import './c.ts';",
    "export { d } from './d.ts';",
    "export type * from './e.ts';",
    "const f = await import('./f.ts');",
    "import {\n  g,\n} from './g.ts';",
  ].join('\n');
  const names = importsOf('src/x/y.ts', text).map(({ to }) => to);
  assert.deepEqual(names, ['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts', './f.ts', './g.ts']);
});

test('no source file is longer than 350 lines', () => {
  const long = sourceFiles().filter(
    (file) => readFileSync(join(root, file), 'utf8').split('\n').length > 350,
  );
  assert.deepEqual(long, []);
});
