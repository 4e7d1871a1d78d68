import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { runPlugin } from '#plugin-testing';
import type { PluginDefinition } from '../../src/plugin-api/define-plugin.ts';
import { postern } from '../cli/postern.ts';
import { temporaryFolder } from '../helpers/process.ts';

const document = readFileSync(new URL('../../docs/plugins.md', import.meta.url), 'utf8');
const pluginApi = new URL('../../src/plugin-api/index.ts', import.meta.url).href;

const invoice = 'From: shop@example.org\r\nSubject: Your INVOICE 7\r\n\r\nHello.\r\n';
const letter = 'From: ann@example.org\r\nSubject: Hello\r\n\r\nHello.\r\n';

/** The first block of that language. */
function block(language: string): string {
  const code = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'ms').exec(document)?.[1];
  assert(code !== undefined, `no ${language} block`);
  return code;
}

test('the plugin in docs/plugins.md has about twenty lines', () => {
  assert(block('ts').trimEnd().split('\n').length <= 24);
});

test('the plugin in docs/plugins.md flags an invoice, marks it, and leaves other mail alone', async () => {
  await using folder = await temporaryFolder('docs-plugin');
  const file = join(folder.path, 'mine.ts');
  await writeFile(file, block('ts').replace("'postern/plugin-api'", JSON.stringify(pluginApi)));
  const module: { default: PluginDefinition } = await import(pathToFileURL(file).href);

  const found = await runPlugin(module.default, {}, Buffer.from(invoice));
  assert.deepEqual(found.verdict, {
    kind: 'flag',
    label: 'invoice',
    evidence: 'Your INVOICE 7',
  });
  assert.equal(found.output.toString(), `X-Folder: invoices\r\n${invoice}`);

  const other = await runPlugin(module.default, {}, Buffer.from(letter));
  assert.deepEqual(other.verdict, { kind: 'pass' });
  assert.equal(other.output.toString(), letter);
});

test('the command in docs/plugins.md runs the plugin as it is printed there', async () => {
  await using folder = await temporaryFolder('docs-scan');
  await writeFile(join(folder.path, 'mine.ts'), block('ts'));
  await writeFile(join(folder.path, 'mail.eml'), invoice);
  const [program, ...args] = block('sh').trim().split(' ');
  assert.equal(program, 'postern');
  const { code, stdout, stderr } = await postern(args, { cwd: folder.path });
  assert.equal(stderr, '');
  assert.match(stdout.toString(), /^ {2}mine: flag invoice: Your INVOICE 7\naction: pass$/m);
  assert.equal(code, 0);
});

test('the configuration in docs/plugins.md is accepted with that plugin beside it', async () => {
  await using folder = await temporaryFolder('docs-config');
  await writeFile(join(folder.path, 'mine.ts'), block('ts'));
  const rest =
    'listeners: [{name: a, port: 0, tls: none}]\nroutes: [{name: b, upstream: {host: c}}]\n';
  await writeFile(join(folder.path, 'postern.yaml'), rest + block('yaml'));
  const { code, stdout, stderr } = await postern(['check-config'], { cwd: folder.path });
  assert.equal(stderr, '');
  assert.match(stdout.toString(), /: ok, 1 listener, 1 route, 1 plugin\n$/);
  assert.equal(code, 0);
});
