import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../helpers/process.ts';
import { postern } from './postern.ts';

const rulesText = `rules:
  - name: invoice
    about: An invoice.
    score: 1.5
    when: {subject: {contains: invoice}}
tests:
  - rule: invoice
    hits: ["Subject: Your invoice\\n", invoice.eml]
    misses: ["Subject: Hello\\n"]
`;

const config = `listeners: [{name: a, tls: none, port: 0}]
routes: [{name: b, upstream: {host: localhost}}]
plugins:
  - use: spam-rules
    options:
      rules_file: rules.yaml
      scores: {date-missing: 0, message-id-missing: 2.5}
`;

async function workplace() {
  const folder = await temporaryFolder('spam-rules');
  const write = (name: string, text: string) => writeFile(join(folder.path, name), text);
  await write('rules.yaml', rulesText);
  await write('invoice.eml', 'From: a@paypa1.com\nTo: b@example.org\nSubject: Invoice 7\n\nPay.\n');
  await write('postern.yaml', config);
  const run = (...args: readonly string[]) =>
    postern(['spam-rules', ...args], { cwd: folder.path });
  return {
    path: folder.path,
    write,
    run,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

test('the rules of the configuration are listed with their weights', async () => {
  await using place = await workplace();
  const { code, stdout, stderr } = await place.run('list');
  assert.equal(code, 0, stderr);
  const lines = String(stdout).split('\n');
  assert.ok(lines.some((line) => /^message-id-missing {2,}\+2\.50 {2}no Message-ID$/.test(line)));
  assert.ok(lines.some((line) => /^invoice {2,}\+1\.50 {2}An invoice\.$/.test(line)));
  assert.ok(!lines.some((line) => line.startsWith('date-missing')));
});

test('messages are explained by the rules that hit them', async () => {
  await using place = await workplace();
  const { code, stdout, stderr } = await place.run('explain', 'invoice.eml');
  assert.equal(code, 0, stderr);
  assert.equal(
    String(stdout),
    `invoice.eml: +6.00 (99.8 % spam, by these rules alone)
  +2.50  look-alike-domain: paypa1.com looks like paypal
  +2.50  message-id-missing: no Message-ID
  +1.50  invoice: subject: Invoice 7
`,
  );
});

test('tests of rules pass, or say which message is not as they have it', async () => {
  await using place = await workplace();
  const passed = await place.run('test', 'rules.yaml');
  assert.equal(String(passed.stdout), 'rules.yaml: 3 passed, 0 failed\n', passed.stderr);
  assert.equal(passed.code, 0);

  await place.write(
    'other.yaml',
    'tests: [{rule: from-missing, hits: [invoice.eml], misses: ["X: y\\n"]}]\n',
  );
  const failed = await place.run('test', 'other.yaml');
  assert.equal(failed.code, 1);
  assert.equal(
    String(failed.stdout),
    `other.yaml: from-missing does not hit invoice.eml
other.yaml: from-missing hits (no address in From) "X: y\\n"
other.yaml: 0 passed, 2 failed
`,
  );
});

test('a file of rules that is wrong is told with its line', async () => {
  await using place = await workplace();
  await place.write('wrong.yaml', 'rules:\n  - {name: a, score: 1, when: {subject: x}}\n');
  const { code, stderr } = await place.run('test', 'wrong.yaml');
  assert.equal(code, 2);
  assert.match(stderr, /^wrong\.yaml:2:41: rules\[0\]\.when\.subject: expected exactly one of /);
});

test('with a wrong file of rules nothing starts, and its line is told', async () => {
  await using place = await workplace();
  await place.write('rules.yaml', 'rules:\n  - {name: a, score: x, when: {rule: from-missing}}\n');
  const { code, stderr } = await postern(['scan', 'invoice.eml'], { cwd: place.path });
  assert.equal(code, 2);
  assert.match(stderr, /^\S*rules\.yaml:2:22: rules\[0\]\.score: expected a number .*\n$/);
});

test('without a configuration the plugin has its default options', async () => {
  await using folder = await temporaryFolder('spam-rules');
  const { code, stdout, stderr } = await postern(['spam-rules', 'list'], { cwd: folder.path });
  assert.equal(code, 0, stderr);
  assert.match(String(stdout), /^date-missing +\+0\.80/m);
});
