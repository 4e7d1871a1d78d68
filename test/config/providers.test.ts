import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseHost } from '../../src/base/host-name.ts';
import { collectingHosts, findProvider, providers } from '../../src/config/providers.ts';

test('each provider has a name, a server and domains of its own', () => {
  const domains = providers.flatMap((provider) => [...provider.domains]);
  assert.equal(new Set(domains).size, domains.length);
  assert.equal(new Set(providers.map(({ name }) => name)).size, providers.length);
  for (const text of [...domains, ...providers.map(({ host }) => host)]) {
    assert.equal(parseHost(text)?.text, text);
  }
});

test('a provider is found by any of its domains', () => {
  assert.equal(findProvider('googlemail.com')?.host, 'pop.gmail.com');
  assert.equal(findProvider('gmx.at')?.name, 'gmx');
  assert.equal(findProvider('example.org'), undefined);
  assert(collectingHosts.has('pop.gmail.com'));
});

test('docs/routing.md shows every provider with its server', () => {
  const text = readFileSync(new URL('../../docs/routing.md', import.meta.url), 'utf8');
  for (const { name, host, login } of providers) {
    assert.match(text, new RegExp(`^\\| \`${name}\` +\\| \`${host}\` +\\| ${login} +\\|`, 'm'));
  }
});
