import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { readConfig } from '../../src/config/load.ts';
import { checkPlugins } from '../../src/pipeline/registry.ts';

test('every configuration in docs/lists.md is good', async () => {
  const text = await readFile(new URL('../../docs/lists.md', import.meta.url), 'utf8');
  const examples = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, yaml = '']) => yaml);
  assert.ok(examples.length > 0);
  const around =
    'listeners: [{name: a, tls: none, port: 0}]\nroutes: [{name: b, upstream: {host: localhost}}]\n';
  for (const yaml of examples) {
    const checked = await checkPlugins(await readConfig(`${around}${yaml}`, 'lists.md'));
    assert.ok(checked.length > 0);
  }
});
