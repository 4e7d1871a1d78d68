import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { z } from '#plugin-api';
import attachmentLinks from '../../plugins/attachment-links/index.ts';
import banner from '../../plugins/banner/index.ts';
import command from '../../plugins/command/index.ts';
import externalSender from '../../plugins/external-sender/index.ts';
import fixDate from '../../plugins/fix-date/index.ts';
import fixLineEnds from '../../plugins/fix-line-ends/index.ts';
import fixNul from '../../plugins/fix-nul/index.ts';
import listUnsubscribe from '../../plugins/list-unsubscribe/index.ts';
import plusAddress from '../../plugins/plus-address/index.ts';
import removeTrackingPixels from '../../plugins/remove-tracking-pixels/index.ts';
import replyToGuard from '../../plugins/reply-to-guard/index.ts';
import revealLinks from '../../plugins/reveal-links/index.ts';
import subjectCleaner from '../../plugins/subject-cleaner/index.ts';
import webhook from '../../plugins/webhook/index.ts';
import { readConfig } from '../../src/config/load.ts';
import { checkPlugins } from '../../src/pipeline/registry.ts';
import type { PluginDefinition } from '../../src/plugin-api/define-plugin.ts';

const plugins: readonly Pick<PluginDefinition, 'name' | 'options'>[] = [
  attachmentLinks,
  banner,
  command,
  externalSender,
  fixDate,
  fixLineEnds,
  fixNul,
  listUnsubscribe,
  plusAddress,
  removeTrackingPixels,
  replyToGuard,
  revealLinks,
  subjectCleaner,
  webhook,
];

const around =
  'listeners: [{name: a, tls: none, port: 0}]\nroutes: [{name: b, upstream: {host: localhost}}]\n';

for (const { name, options } of plugins) {
  const readme = new URL(`../../plugins/${name}/README.md`, import.meta.url);

  test(`the configuration in the README of ${name} is accepted`, async () => {
    const [, example] = /^```yaml\n(.*?)^```$/ms.exec(await readFile(readme, 'utf8')) ?? [];
    assert.ok(example);
    const checked = await checkPlugins(await readConfig(`${around}${example}`, 'README.md'));
    assert.ok(checked.length > 0);
  });

  test(`the README of ${name} names every option`, async () => {
    const text = await readFile(readme, 'utf8');
    const schema = options && z.toJSONSchema(options, { io: 'input' });
    for (const option of Object.keys(schema?.properties ?? {})) {
      assert.ok(text.includes(`\`${option}\``), option);
    }
  });
}
