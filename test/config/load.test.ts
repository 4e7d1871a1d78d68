import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { type LoadedConfig, loadConfig, readConfig } from '../../src/config/load.ts';
import { ConfigError, formatProblem } from '../../src/config/problem.ts';
import { type TemporaryFolder, temporaryFolder } from '../helpers/process.ts';
import { goodYaml } from './bad-configurations.ts';

let folder: TemporaryFolder;

before(async () => {
  folder = await temporaryFolder('config');
});

after(() => folder[Symbol.asyncDispose]());

async function linesOf(loading: Promise<LoadedConfig>): Promise<string[]> {
  try {
    await loading;
  } catch (error) {
    assert(error instanceof ConfigError);
    assert.equal(error.code, 'CONFIG_INVALID');
    assert.equal(error.fault, 'config');
    return error.problems.map(formatProblem);
  }
  return [];
}

test('keys come out in camelCase with units, defaults filled in', async () => {
  const { config } = await readConfig(goodYaml, 'postern.yaml', {});
  assert.deepEqual(config.listeners, [
    {
      name: 'pop3',
      address: '127.0.0.1',
      port: 1110,
      tls: 'none',
      banner: 'Postern ready',
      minTlsVersion: 'TLSv1.2',
      maxSessions: 1000,
      proxyProtocol: undefined,
      announce: { host: undefined, port: undefined, tls: undefined },
      certificates: [],
      plainLogin: 'allowed',
      tlsProfile: 'intermediate',
    },
  ]);
  assert.deepEqual(config.routes[0]?.upstream, {
    host: 'pop.example.net',
    hosts: [{ host: 'pop.example.net', serverName: 'pop.example.net' }],
    port: 995,
    tls: 'implicit',
    caFile: undefined,
    serverName: 'pop.example.net',
    verify: 'full',
    pins: undefined,
    minTlsVersion: 'TLSv1.2',
    certificate: undefined,
    login: 'auto',
    allowPlaintextLogin: false,
    proxyProtocol: undefined,
    readAhead: 'auto',
    timeouts: {
      connectMs: 10_000,
      tlsMs: 10_000,
      loginMs: 30_000,
      replyMs: 60_000,
      idleMs: 600_000,
    },
  });
  assert.equal(config.limits.clientIdleMs, 600_000);
  assert.equal(config.limits.maxMessageBytes, 512 * 1024 * 1024);
  assert.deepEqual(config.verdictCache, { maxEntries: 10_000, ttlMs: 3_600_000 });
});

test('the port of an upstream follows from its encryption', async () => {
  for (const [tls, port] of [
    ['stls', 110],
    ['implicit', 995],
    ['none, allow_plaintext_login: true', 110],
    ['stls, port: 1234', 1234],
  ]) {
    const yaml = goodYaml.replace('host: pop.example.net', `host: pop.example.net, tls: ${tls}`);
    const { config } = await readConfig(yaml, 'postern.yaml', {});
    assert.equal(config.routes[0]?.upstream.port, port);
  }
});

test('a plugin is called by its base name unless it has a name of its own', async () => {
  const yaml = `${goodYaml}plugins:
  - use: clamav
  - {use: ./mine.ts}
  - {use: ../shared/archive/index.js}
  - {use: clamav, name: second-engine}
`;
  const { config } = await readConfig(yaml, 'postern.yaml', {});
  assert.deepEqual(
    config.plugins.map(({ name }) => name),
    ['clamav', 'mine', 'archive', 'second-engine'],
  );
});

test('a section whose keys are all commented out counts as absent', async () => {
  const yaml = `${goodYaml}limits:\nspool:\nplugins:\nnotice:\nlog:\n`;
  const { config } = await readConfig(yaml, 'postern.yaml', {});
  assert.deepEqual(config, (await readConfig(goodYaml, 'postern.yaml', {})).config);
});

test('options of plugins keep their spelling', async () => {
  const options = { some_key: { 'Odd-Key': [1, 'two', null] } };
  const yaml = `${goodYaml}plugins:\n  - {use: x, options: ${JSON.stringify(options)}}\n`;
  const { config } = await readConfig(yaml, 'postern.yaml', {});
  assert.deepEqual(config.plugins[0]?.options, options);
});

test('relative folders start at the folder of the file', async () => {
  const yaml = `${goodYaml}spool: {folder: ../spool}\nquarantine: {folder: /var/q}\n`;
  const { config, folder: base } = await readConfig(yaml, '/etc/postern/postern.yaml', {});
  assert.equal(base, '/etc/postern');
  assert.equal(config.spool.folder, '/etc/spool');
  assert.equal(config.quarantine.folder, '/var/q');
});

test('a loaded configuration cannot be changed, at any depth', async () => {
  const yaml = `${goodYaml}plugins:\n  - {use: x, options: {list: [{a: 1}]}}\n`;
  const { config } = await readConfig(yaml, 'postern.yaml', {});
  const check = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    assert(Object.isFrozen(value));
    Object.values(value).forEach(check);
  };
  check(config);
});

test('a byte order mark and CRLF are no obstacle', async () => {
  const file = join(folder.path, 'windows.yaml');
  await writeFile(file, `\ufeff${goodYaml.replaceAll('\n', '\r\n')}`);
  const { config } = await loadConfig(file, {});
  assert.equal(config.listeners.length, 1);
});

test('a file that cannot be used is answered in one line', async () => {
  const path = (name: string): string => join(folder.path, name);
  await mkdir(path('folder'));
  await writeFile(path('empty.yaml'), '');
  await writeFile(path('latin1.yaml'), Buffer.from('# caf\xe9\n', 'latin1'));
  await writeFile(path('large.yaml'), `#${'x'.repeat(1024 * 1024)}\n`);
  const answers = [
    ['missing.yaml', 'no such file'],
    ['missing/postern.yaml', 'no such file'],
    ['empty.yaml/postern.yaml', 'no such file'],
    ['folder', 'expected a file, but this is a folder'],
    ['empty.yaml', 'empty; expected at least listeners and routes'],
    ['latin1.yaml', 'not text in UTF-8'],
    ['large.yaml', 'larger than 1 MB'],
  ] as const;
  for (const [name, answer] of answers) {
    assert.deepEqual(await linesOf(loadConfig(path(name), {})), [`${path(name)}: ${answer}`]);
  }
});

test('a device is not read as a configuration', async () => {
  assert.deepEqual(await linesOf(loadConfig('/dev/zero', {})), [
    '/dev/zero: expected a regular file',
  ]);
});

test('other rooms can name a place in the configuration', async () => {
  const yaml = `${goodYaml}plugins:\n  - use: x\n    options:\n      rules:\n        - ok\n        - bad\n`;
  const loaded = await readConfig(yaml, 'postern.yaml', {});
  const problem = loaded.problemAt(['plugins', 0, 'options', 'rules', 1], 'not a rule');
  assert.deepEqual(problem, {
    file: 'postern.yaml',
    line: 11,
    column: 11,
    path: 'plugins[0].options.rules[1]',
    message: 'not a rule',
  });
  assert.equal(
    formatProblem(problem),
    'postern.yaml:11:11: plugins[0].options.rules[1]: not a rule',
  );
});

test('options are checked by a schema of the plugin, with lines and suggestions', async () => {
  const yaml = `${goodYaml}plugins:
  - use: x
    options:
      rules:
        - {match: a}
        - {mach: b}
      level: 11
      mode: fast
`;
  const loaded = await readConfig(yaml, 'postern.yaml', {});
  const schema = z.strictObject({
    rules: z.array(z.strictObject({ match: z.string() })),
    level: z.number().max(10),
    mode: z.enum(['quick', 'slow']),
    password: z.string(),
  });
  const options = loaded.config.plugins[0]?.options;
  assert.throws(
    () => loaded.checkAt(['plugins', 0, 'options'], schema, options),
    (error) => {
      assert(error instanceof ConfigError);
      assert.deepEqual(error.problems.map(formatProblem), [
        'postern.yaml:8:5: plugins[0].options.password: missing; expected text',
        'postern.yaml:11:11: plugins[0].options.rules[1].match: missing; expected text',
        "postern.yaml:11:12: plugins[0].options.rules[1].mach: unknown key 'mach'; did you mean 'match'?",
        'postern.yaml:12:14: plugins[0].options.level: expected at most 10, got 11',
        'postern.yaml:13:13: plugins[0].options.mode: expected quick or slow, got "fast"',
      ]);
      return true;
    },
  );
});

test('options that a schema accepts come back as the schema makes them', async () => {
  const loaded = await readConfig(goodYaml, 'postern.yaml', {});
  const schema = z.strictObject({ count: z.number().default(3) });
  assert.deepEqual(loaded.checkAt(['plugins', 0, 'options'], schema, {}), { count: 3 });
});
