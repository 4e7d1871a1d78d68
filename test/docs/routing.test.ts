import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readConfig } from '../../src/config/load.ts';

const text = readFileSync(new URL('../../docs/routing.md', import.meta.url), 'utf8');
const examples = [...text.matchAll(/^```yaml\n(routes:.*?)^```$/gms)].map(([, yaml = '']) => yaml);

const listener = 'listeners: [{name: pop3, port: 1110, tls: stls, intercept: redirect}]\n';

test('there are examples in docs/routing.md', () => {
  assert(examples.length >= 6);
});

for (const yaml of examples) {
  const name = /name: (\S+)/.exec(yaml)?.[1];
  test(`the example ${name} in docs/routing.md is good`, async () => {
    const { config } = await readConfig(`${listener}${yaml}`, 'postern.yaml', {});
    assert.equal(config.routes[0]?.name, name);
  });
}
