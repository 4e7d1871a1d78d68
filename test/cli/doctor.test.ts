import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort, temporaryFolder } from '../helpers/process.ts';
import { postern, stackTrace } from './postern.ts';

test('a configuration that does not load fails with its line, and nothing else is looked at', async () => {
  await using folder = await temporaryFolder('doctor');
  const file = join(folder.path, 'postern.yaml');
  await writeFile(file, 'listeners: [{name: a, port: 0, tls: none}]\nroutes: [{name: r}]\nx: 1\n');
  const { stdout, stderr, code } = await postern(['doctor', '--config', file]);
  assert.equal(code, 1);
  assert.equal(stderr, '');
  const lines = stdout.toString().trimEnd().split('\n');
  assert.match(
    lines[0] ?? '',
    /^fail {5}configuration: .*postern\.yaml:2:\d+: routes\[0\]\.upstream: missing/,
  );
  assert.match(lines[1] ?? '', /^fail {5}configuration: .*:3:1: x: unknown key/);
  assert.match(lines[2] ?? '', /^skipped {2}configuration: everything else/);
  assert.equal(lines[3], '0 ok, 0 to look at, 2 failed, 1 skipped');
});

test('a plugin that cannot be loaded fails with its line', async () => {
  await using folder = await temporaryFolder('doctor');
  const file = join(folder.path, 'postern.yaml');
  await writeFile(
    file,
    `listeners: [{name: a, port: 0, tls: none}]
routes: [{name: r, upstream: {host: localhost}}]
plugins: [{use: no-such-plugin}]
`,
  );
  const { stdout, code } = await postern(['doctor', '--config', file]);
  assert.equal(code, 1);
  assert.match(stdout.toString(), /^fail .*:3:\d+: plugins\[0\]\.use: /);
});

test('a login needs a route that is there, and a password from a terminal or a file', async () => {
  await using folder = await temporaryFolder('doctor');
  const file = join(folder.path, 'postern.yaml');
  await writeFile(
    file,
    `listeners: [{name: a, port: 0, tls: none}]
routes:
  - {name: r, listeners: [a], upstream: {host: localhost}}
  - {name: s, upstream: {host: localhost}}
`,
  );
  const login = ['doctor', '--config', file, '--login', 'joe'];
  for (const args of [login, [...login, '--route', 'x']]) {
    const { stderr, code } = await postern(args);
    assert.equal(code, 1);
    assert.match(stderr, /name one of the routes by --route: r, s/);
  }
  const { stderr } = await postern([...login, '--route', 'r']);
  assert.match(stderr, /use --password-file/);
  assert.doesNotMatch(stderr, stackTrace);
});

test('each host of a route is asked, and each place once', async () => {
  await using folder = await temporaryFolder('doctor');
  const file = join(folder.path, 'postern.yaml');
  const port = await freePort();
  await writeFile(
    file,
    `listeners: [{name: a, port: 0, tls: none}]
routes:
  - {name: r, listeners: [a], upstream: {host: [127.0.0.1, localhost], port: ${port}}}
  - {name: s, upstream: {host: localhost, port: ${port}}}
`,
  );
  const { stdout, code } = await postern(['doctor', '--config', file, '--json']);
  assert.equal(code, 1);
  const lines = stdout.toString().trimEnd().split('\n');
  const reports = lines.map((line): { level: string; subject: string } => JSON.parse(line));
  assert.deepEqual(
    reports
      .filter(({ level, subject }) => level === 'fail' && subject.startsWith('route '))
      .map(({ subject }) => subject),
    ['route r (127.0.0.1)', 'route r (localhost), s'],
  );
});
