import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsByDomain } from '../../../src/admin/autoconfig/domain-settings.ts';
import { readConfig } from '../../../src/config/load.ts';
import { autoconfigSettings } from '../../helpers/autoconfig.ts';

test('without being named, listeners with TLS and a name are told, the best first', async () => {
  const byDomain = await autoconfigSettings();
  const settings = byDomain.get('example.net');
  assert.deepEqual(
    settings?.incoming.map(({ listener, server, port }) => [listener, server, port]),
    [
      ['secure', 'mail.example.net', 995],
      ['upgraded', 'mail.example.net', 110],
    ],
  );
  assert.equal(byDomain.get('example.org'), settings);
  assert.deepEqual([...byDomain.keys()].length, 3);
});

test('listeners that are named are told, also one without TLS', async () => {
  const settings = (await autoconfigSettings()).get('xn--mller-kva.example');
  assert.deepEqual(
    settings?.incoming.map(({ listener }) => listener),
    ['plain'],
  );
  assert.equal(settings?.outgoing.port, 587);
  assert.equal(settings?.displayName, 'Mail & <more>');
});

test('without automatic configuration nothing is told', async () => {
  const text = `
listeners: [{name: a, port: 995, tls: implicit, announce: {host: mail.example.net}}]
routes: [{name: r, upstream: {host: pop.example.net}}]
`;
  const { config } = await readConfig(text, 'postern.yaml', {});
  assert.equal(settingsByDomain(config).size, 0);
});
