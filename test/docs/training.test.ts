import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { validate } from '../../src/app/chain.ts';
import { readConfig } from '../../src/config/load.ts';
import { temporaryFolder } from '../helpers/process.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/training.md'), 'utf8');

const around = `listeners: [{name: pop3, port: 1110, tls: none}]
routes: [{name: all, upstream: {host: pop.example.net}}]
`;

test('the configuration in docs/training.md is good, down to the options of its plugins', async () => {
  const yaml = /^```yaml\n(.*?)^```$/ms.exec(text)?.[1];
  assert.ok(yaml !== undefined);
  await using folder = await temporaryFolder('docs-training');
  const loaded = await readConfig(around + yaml, join(folder.path, 'postern.yaml'), {});
  await validate(loaded);
  const { links, quarantine, readerRelease, mailboxes } = loaded.config.training;
  assert.ok(links !== undefined && quarantine !== undefined && readerRelease !== undefined);
  assert.equal(mailboxes.length, 2);
});

test('the defaults in docs/training.md are those of the schema', async () => {
  const yaml = 'training: {links: {url: "https://a.example/", port: 1}}';
  const { training } = (await readConfig(around + yaml, 'postern.yaml', {})).config;
  for (const [key, value] of [
    ['keep.per_message', `${training.keep.messageBytes / 1024}KB`],
    ['keep.max_messages', `${training.keep.maxMessages}`],
    ['keep.max_size', `${training.keep.maxBytes / 1024 ** 2}MB`],
  ] as const) {
    assert.match(text, new RegExp(`^\\| \`${key}\` *\\| \`${value}\` *\\|`, 'm'));
  }
  assert.match(text, new RegExp(`works: \`${training.links?.validForDays}d\` by default`));
});
