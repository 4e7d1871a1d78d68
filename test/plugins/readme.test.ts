import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { type PluginDefinition, z } from '#plugin-api';
import attachmentPolicy from '../../plugins/attachment-policy/index.ts';
import auditLog from '../../plugins/audit-log/index.ts';
import authentication from '../../plugins/authentication/index.ts';
import clamav from '../../plugins/clamav/index.ts';
import dnsLists from '../../plugins/dns-lists/index.ts';
import headerRewrite from '../../plugins/header-rewrite/index.ts';
import mimeAmbiguity from '../../plugins/mime-ambiguity/index.ts';
import rspamd from '../../plugins/rspamd/index.ts';
import senderLists from '../../plugins/sender-lists/index.ts';
import spam from '../../plugins/spam/index.ts';
import spamRules from '../../plugins/spam-rules/index.ts';
import spamassassin from '../../plugins/spamassassin/index.ts';
import tlsPolicy from '../../plugins/tls-policy/index.ts';
import yara from '../../plugins/yara/index.ts';
import { readConfig } from '../../src/config/load.ts';
import { checkPlugins } from '../../src/pipeline/registry.ts';

const folder = new URL('../../plugins/', import.meta.url);

async function textOf(path: string): Promise<string> {
  return await readFile(new URL(path, folder), 'utf8');
}

function blocksOf(markdown: string, language: string): string[] {
  const pattern = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms');
  return [...markdown.matchAll(pattern)].map(([, block = '']) => block);
}

const entries = await readdir(folder, { withFileTypes: true });
const plugins = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);

test('the example in the guide is the plugin of that name', async () => {
  const [example] = blocksOf(await textOf('README.md'), 'ts');
  assert.equal(example, await textOf('example-stamp/index.ts'));
});

test('the guide names every plugin', async () => {
  const guide = await textOf('README.md');
  for (const plugin of plugins) assert.ok(guide.includes(`[${plugin}](${plugin}/)`), plugin);
});

const withOptions: readonly Pick<PluginDefinition, 'name' | 'options'>[] = [
  attachmentPolicy,
  auditLog,
  authentication,
  clamav,
  dnsLists,
  headerRewrite,
  mimeAmbiguity,
  spamRules,
  rspamd,
  spamassassin,
  senderLists,
  spam,
  tlsPolicy,
  yara,
];

for (const { name: plugin, options } of withOptions) {
  test(`every configuration in the README of ${plugin} is accepted`, async () => {
    const examples = blocksOf(await textOf(`${plugin}/README.md`), 'yaml');
    assert.ok(examples.length > 0);
    const around =
      'listeners: [{name: a, tls: none, port: 0}]\nroutes: [{name: b, upstream: {host: localhost}}]\n';
    for (const example of examples) {
      const checked = await checkPlugins(await readConfig(`${around}${example}`, 'README.md'));
      assert.ok(checked.length > 0);
    }
  });

  test(`the README of ${plugin} names every option`, async () => {
    assert.ok(options);
    const { properties = {} } = z.toJSONSchema(options, { io: 'input' });
    const readme = await textOf(`${plugin}/README.md`);
    assert.ok(Object.keys(properties).length > 2);
    for (const name of Object.keys(properties)) assert.ok(readme.includes(`\`${name}`), name);
  });
}
