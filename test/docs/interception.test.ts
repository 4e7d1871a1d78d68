import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { validate } from '../../src/app/chain.ts';
import { loadConfig } from '../../src/config/load.ts';
import { postern } from '../cli/postern.ts';
import { temporaryFolder } from '../helpers/process.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/interception.md'), 'utf8');

test('every configuration in docs/interception.md is good', async () => {
  const examples = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, yaml = '']) => yaml);
  assert.ok(examples.length >= 3);
  await using folder = await temporaryFolder('docs-interception');
  const listeners =
    'listeners: [{name: a, address: "::", port: 1110, tls: none, intercept: redirect}]\n';
  const routes = 'routes: [{name: a, upstream: {host: pop.example.net}}]\n';
  const file = join(folder.path, 'postern.yaml');
  for (const yaml of examples) {
    const hasListeners = /^listeners:/m.test(yaml);
    const hasRoutes = /^routes:/m.test(yaml);
    await writeFile(file, `${hasListeners ? '' : listeners}${hasRoutes ? '' : routes}${yaml}`);
    await validate(await loadConfig(file, {}));
    if (!hasListeners) continue;
    const { code, stderr } = await postern(['rules', 'nftables', '--config', file]);
    assert.equal(code, 0, stderr);
  }
});

test('docs/interception.md has every option of postern rules and no other', async () => {
  const { stdout } = await postern(['rules', '--help']);
  const offered = [...stdout.toString().matchAll(/^ {2}(?:-\w, )?--(\w+)/gm)].map(
    ([, name]) => name,
  );
  const named = [...text.matchAll(/^\| `--(\w+) /gm)].map(([, name]) => name);
  const others = ['config', 'check', 'help'];
  assert.deepEqual(
    named.toSorted(),
    offered.filter((name) => !others.includes(name ?? '')).toSorted(),
  );
});
