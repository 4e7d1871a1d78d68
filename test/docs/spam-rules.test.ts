import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { builtInNames } from '../../plugins/spam-rules/active-rules.ts';
import { builtInRules } from '../../plugins/spam-rules/built-in-rules.ts';
import spamRules from '../../plugins/spam-rules/index.ts';
import { textKinds } from '../../plugins/spam-rules/own/condition.ts';
import { loadRules } from '../../plugins/spam-rules/own/load-rules.ts';
import { brands } from '../../plugins/spam-rules/tables/brands.ts';
import { readConfig } from '../../src/config/load.ts';
import { checkPlugins } from '../../src/pipeline/registry.ts';
import { postern } from '../cli/postern.ts';
import { temporaryFolder } from '../helpers/process.ts';

const page = readFileSync(new URL('../../docs/spam-rules.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = '']) => block);

test('the table has every rule, with its weight and what it is about', () => {
  const [, table = ''] = /^## The rules$(.*?)^- /ms.exec(page) ?? [];
  const rows = [...table.matchAll(/^\| `([a-z0-9-]+)` +\| +(-?[\d.]+) \| (.*?) +\|$/gm)];
  assert.deepEqual(
    rows.map(([, name, weight, about]) => ({ name, logOdds: Number(weight), about })),
    builtInRules.map(({ name, logOdds, about }) => ({ name, logOdds, about })),
  );
});

test('the table of hit rates names rules that there are', () => {
  const [, table = ''] = /^## How often they hit$(.*?)^The weights/ms.exec(page) ?? [];
  const names = [...table.matchAll(/^\| `([a-z0-9-]+)`/gm)].map(([, name = '']) => name);
  assert.ok(names.length > 30);
  for (const name of names) assert.ok(builtInNames.has(name), name);
});

test('every condition is described', () => {
  for (const kind of [...textKinds, 'all', 'any', 'not', 'rule', 'header', 'larger_than']) {
    assert.match(page, new RegExp(`\`${kind}[\`:]`), kind);
  }
});

test('there are about as many brands as the page says', () => {
  assert.ok(Math.abs(brands.length - 80) <= 5, `${brands.length}`);
});

test('the file of rules on the page passes its tests', async () => {
  await using folder = await temporaryFolder('docs-rules');
  const text = blocks.find((block) => block.startsWith('# rules.yaml'));
  assert.ok(text !== undefined);
  const file = join(folder.path, 'rules.yaml');
  await writeFile(file, text);
  assert.equal((await loadRules(file, builtInNames, [])).rules.length, 2);
  const { code, stdout, stderr } = await postern(['spam-rules', 'test', file]);
  assert.equal(code, 0, stderr);
  assert.match(String(stdout), /: 2 passed, 0 failed\n$/);
});

test('the configurations on the page are accepted', async () => {
  const around =
    'listeners: [{name: a, tls: none, port: 0}]\nroutes: [{name: b, upstream: {host: localhost}}]\n';
  const configurations = blocks.filter((block) => block.startsWith('plugins:'));
  assert.ok(configurations.length >= 2);
  for (const text of configurations) {
    const { config, checkAt } = await readConfig(`${around}${text}`, 'page.yaml');
    for (const [index, { use, options }] of config.plugins.entries()) {
      if (use !== 'spam-rules' || spamRules.options === undefined) continue;
      checkAt(['plugins', index, 'options'], spamRules.options, options);
    }
    assert.ok((await checkPlugins(await readConfig(`${around}${text}`, 'page.yaml'))).length > 0);
  }
});
