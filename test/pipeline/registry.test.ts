import assert from 'node:assert/strict';
import { rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readConfig } from '../../src/config/load.ts';
import { ConfigError, formatProblem } from '../../src/config/problem.ts';
import { partsAtHand } from '../../src/pipeline/central-parts.ts';
import type { LoadedPlugin } from '../../src/pipeline/plugin.ts';
import {
  type CheckedPlugin,
  checkPlugins,
  type PluginHost,
  setUpPlugins,
} from '../../src/pipeline/registry.ts';
import { testServices } from '../../src/pipeline/testing.ts';
import { openDatabase } from '../../src/stores/sqlite.ts';
import { FakeClock, settled } from '../helpers/fake-clock.ts';
import { plainPolicy } from '../helpers/pipeline.ts';
import { type TemporaryFolder, temporaryFolder } from '../helpers/process.ts';

let folder: TemporaryFolder;

before(async () => {
  folder = await temporaryFolder('registry');
});

after(async () => {
  await folder[Symbol.asyncDispose]();
});

const { log, clock, metrics, store } = testServices();
const databaseFor: PluginHost['databaseFor'] = (_plugin, form) => openDatabase(':memory:', form);
const host: PluginHost = {
  log,
  clock,
  metricsFor: () => metrics,
  releaseMetrics() {},
  storeFor: () => store,
  databaseFor,
  centralParts: partsAtHand,
};

async function write(name: string, code: string): Promise<void> {
  await writeFile(join(folder.path, name), code);
}

/** A configuration whose plugins begin at line 9. */
async function check(...plugins: readonly string[]): Promise<CheckedPlugin[]> {
  const text = [
    'listeners:',
    '  - name: main',
    '    port: 0',
    '    tls: none',
    'routes:',
    '  - name: all',
    '    upstream: { host: pop.example.org }',
    'plugins:',
    ...plugins.map((entry) => `  - ${entry}`),
    '',
  ].join('\n');
  return checkPlugins(await readConfig(text, join(folder.path, 'postern.yaml')));
}

/** Rejects with one problem, whose line without the folder is this. */
async function assertProblem(work: Promise<unknown>, expected: RegExp): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof ConfigError);
    assert.equal(error.problems.length, 1);
    const [problem] = error.problems;
    const line = problem === undefined ? '' : formatProblem(problem);
    assert.match(line.replaceAll(`${folder.path}/`, ''), expected);
    assert.doesNotMatch(line, /\n| {4}at /);
    return true;
  });
}

test('a bundled plugin is found by its name', async () => {
  const [checked] = await check('{ use: tls-policy }');
  assert.equal(checked?.name, 'tls-policy');
});

test('an unknown plugin is a problem of its line', async () => {
  await assertProblem(
    check('{ use: tls-policy }', '{ use: clamvv }'),
    /^postern\.yaml:10:\d+: plugins\[1\]\.use: no plugin 'clamvv': no plugin of Postern has this name, .*$/,
  );
  await assertProblem(
    check('{ use: ./nowhere.ts }'),
    /plugins\[0\]\.use: no plugin '\.\/nowhere\.ts': there is no nowhere\.ts$/,
  );
});

test('a module that exports no plugin is a problem of its line', async () => {
  await write('named.mjs', 'export const plugin = { name: "x", setup: () => ({}) };');
  await write('number.mjs', 'export default 7;');
  await write('half.mjs', 'export default { name: "x" };');
  for (const file of ['named', 'number', 'half']) {
    await assertProblem(
      check(`{ use: ./${file}.mjs }`),
      /^postern\.yaml:9:\d+: plugins\[0\]\.use: '\.\/\w+\.mjs' does not export a plugin by default$/,
    );
  }
});

test('a module that cannot be loaded is a problem of its line, with the reason', async () => {
  await write('syntax.mjs', 'export default {');
  await write('throws.mjs', 'throw new Error("no luck");');
  await write('missing.mjs', 'import "nowhere-to-be-found"; export default {};');
  await assertProblem(
    check('{ use: ./syntax.mjs }'),
    /plugins\[0\]\.use: .*cannot be loaded: Unexpected/,
  );
  await assertProblem(
    check('{ use: ./throws.mjs }'),
    /plugins\[0\]\.use: .*cannot be loaded: no luck$/,
  );
  await assertProblem(check('{ use: ./missing.mjs }'), /cannot be loaded: .*nowhere-to-be-found/);
});

test("a user's plugin outside the tree imports the plugin API by its public name", async () => {
  await write(
    'typed.ts',
    `import { definePlugin, flag, z } from 'postern/plugin-api';
    export default definePlugin({
      name: 'typed',
      options: z.strictObject({ label: z.string() }),
      setup: ({ label }: { label: string }) => ({ inspect: async () => flag(label) }),
    });`,
  );
  const [plugin] = await setUpPlugins(
    await check('{ use: ./typed.ts, name: mine, options: { label: odd } }'),
    host,
  );
  assert.equal(plugin?.name, 'mine');
  const verdict = await plugin?.instance.inspect?.(undefined as never);
  assert.deepEqual(verdict, { kind: 'flag', label: 'odd' });
});

test('options that the plugin refuses are problems of their own lines', async () => {
  await assertProblem(
    check('{ use: ./typed.ts, options: { label: 7 } }'),
    /^postern\.yaml:9:\d+: plugins\[0\]\.options\.label: /,
  );
  await assertProblem(
    check('{ use: ./typed.ts, options: { label: a, lable: b } }'),
    /^postern\.yaml:9:\d+: plugins\[0\]\.options\.lable: /,
  );
});

test('a plain object is a plugin, and takes no options', async () => {
  await write(
    'plain.mjs',
    `export default {
      name: 'plain',
      setup: (options, { resolvePath }) => ({ options, path: resolvePath('a/b') }),
    };`,
  );
  const [plugin] = await setUpPlugins(await check('{ use: ./plain.mjs }'), host);
  assert.deepEqual(plugin?.instance, { options: undefined, path: join(folder.path, 'a/b') });
  assert.deepEqual(plugin.policy, { ...plainPolicy, timeoutMs: 30_000 });
  await assertProblem(
    check('{ use: ./plain.mjs, options: { a: 1 } }'),
    /plugins\[0\]\.options: plugin '\.\/plain\.mjs' takes no options$/,
  );
});

test('the fingerprint changes with the options and with nothing else', async () => {
  const prints = await Promise.all(
    ['{ label: a }', '{ label: b }', '{ label: a }'].map(async (options) => {
      const checked = await check(`{ use: ./typed.ts, options: ${options} }`);
      return (await setUpPlugins(checked, host))[0]?.fingerprint;
    }),
  );
  assert.match(prints[0] ?? '', /^[0-9a-f]{16}$/);
  assert.equal(prints[0], prints[2]);
  assert.notEqual(prints[0], prints[1]);
});

for (const [how, setup] of Object.entries({
  throws: '() => { throw new Error("no engine"); }',
  rejects: 'async () => { throw new Error("no engine"); }',
  'gives nothing': '() => {}',
  'gives null': 'async () => null',
})) {
  test(`when one plugin ${how} at set-up, those before it are disposed in reverse`, async () => {
    const name = `set-up-${how.replaceAll(' ', '-')}`;
    await write(`${name}.mjs`, `export default { name: 'x', setup: ${setup} };`);
    await write(
      'disposed.mjs',
      `export const disposed = [];
      export const disposing = (name) => ({
        name,
        // Plain code need not return a promise, and may fail.
        setup: () => ({ dispose() { disposed.push(name); if (name === 'b') throw new Error('b'); } }),
      });`,
    );
    for (const letter of ['a', 'b', 'c']) {
      await write(
        `${letter}.mjs`,
        `import { disposing } from './disposed.mjs'; export default disposing('${letter}');`,
      );
    }
    const { disposed } = await import(join(folder.path, 'disposed.mjs'));
    disposed.length = 0;
    const checked = await check(
      '{ use: ./a.mjs }',
      '{ use: ./b.mjs }',
      '{ use: ./c.mjs }',
      `{ use: ./${name}.mjs, name: last }`,
    );
    await assertProblem(
      setUpPlugins(checked, host),
      /^postern\.yaml:12:\d+: plugins\[3\]\.use: plugin 'last' cannot start: (no engine|setup\(\) returned nothing to run)$/,
    );
    assert.deepEqual(disposed, ['c', 'b', 'a']);
  });
}

const counting = `export default {
  name: 'counting',
  setup: () => {
    const instance = { disposals: 0, dispose: async () => void (instance.disposals += 1) };
    return instance;
  },
};`;

test('a plugin that did not change is taken over, and ended by the last chain that has it', async () => {
  await write('counting.mjs', counting);
  const entry = '{ use: ./counting.mjs }';
  const [first] = await setUpPlugins(await check(entry), host);
  assert.ok(first !== undefined);
  const [second] = await setUpPlugins(await check('{ use: ./counting.mjs, timeout: 5s }'), host, [
    first,
  ]);
  assert.equal(second?.instance, first.instance);
  assert.equal(second?.policy.timeoutMs, 5000);
  await first.running.release();
  assert.equal(Reflect.get(first.instance, 'disposals'), 0);
  await second?.running.release();
  assert.equal(Reflect.get(first.instance, 'disposals'), 1);
});

test('a plugin whose file has changed is read and set up anew', async () => {
  const file = join(folder.path, 'changing.mjs');
  const code = (word: string): string =>
    `export default { name: 'changing', version: '${word}', setup: () => ({}) };`;
  await write('changing.mjs', code('one'));
  const [first] = await setUpPlugins(await check('{ use: ./changing.mjs }'), host);
  await write('changing.mjs', code('two'));
  await utimes(file, 1_000_000, 1_000_000);
  const [second] = await setUpPlugins(await check('{ use: ./changing.mjs }'), host, [
    ...(first === undefined ? [] : [first]),
  ]);
  assert.deepEqual([first?.version, second?.version], ['one', 'two']);
  assert.notEqual(second?.instance, first?.instance);
});

test('a plugin whose inputs have changed, or cannot be read, is set up anew', async () => {
  await write(
    'reading.mjs',
    `import { readFile } from 'node:fs/promises';
export default {
  name: 'reading',
  inputs: (_options, { resolvePath }) => readFile(resolvePath('rules.txt'), 'utf8'),
  setup: () => ({}),
};`,
  );
  await write('rules.txt', 'one');
  const entry = '{ use: ./reading.mjs }';
  const again = async (earlier: readonly LoadedPlugin[]): Promise<LoadedPlugin[]> =>
    await setUpPlugins(await check(entry), host, earlier);
  const first = await again([]);
  assert.equal((await again(first))[0]?.instance, first[0]?.instance);
  await write('rules.txt', 'two');
  const second = await again(first);
  assert.notEqual(second[0]?.instance, first[0]?.instance);
  await rm(join(folder.path, 'rules.txt'));
  assert.notEqual((await again(second))[0]?.instance, second[0]?.instance);
});

test('a plugin that never comes up is given up after a minute', async () => {
  await write(
    'endless.mjs',
    `export default { name: 'endless', setup: () => new Promise(() => {}) };`,
  );
  const fake = new FakeClock();
  const starting = setUpPlugins(await check('{ use: ./endless.mjs }'), { ...host, clock: fake });
  const failing = assertProblem(starting, /plugin 'endless' cannot start: .*takes too long/);
  await settled();
  await fake.advance(60_000);
  await failing;
});

test('the check-up of a plugin gets its checked options, and is there only if the plugin has one', async () => {
  await write(
    'looked-after.js',
    `export default {
  name: 'looked-after',
  setup: () => { throw new Error('not for a check-up'); },
  async *check(options, { resolvePath }) {
    yield { level: 'ok', found: String(options) + ' ' + resolvePath('x') };
  },
};`,
  );
  await write('plain.js', `export default { name: 'plain', setup: () => ({}) };`);
  const [lookedAfter, plain] = await check('{use: ./looked-after.js}', '{use: ./plain.js}');
  assert.equal(plain?.diagnose, undefined);
  const services = { clock, signal: new AbortController().signal };
  const found = [];
  for await (const each of lookedAfter?.diagnose?.(services) ?? []) found.push(each);
  assert.deepEqual(found, [{ level: 'ok', found: `undefined ${join(folder.path, 'x')}` }]);
});
