import assert from 'node:assert/strict';
import { test } from 'node:test';
import { announcedNamesCheck } from '../../../src/cli/doctor/announced-names-check.ts';
import { readConfig } from '../../../src/config/load.ts';

async function diagnosing(...known: readonly string[]): Promise<string[]> {
  const text = `
listeners:
  - {name: a, port: 995, tls: implicit, announce: {host: mail.example.net}}
  - {name: b, port: 110, tls: stls, announce: {host: mail.example.net}}
  - {name: c, port: 111, tls: none, announce: {host: 192.0.2.1}}
routes: [{name: r, upstream: {host: pop.example.net}}]
autoconfig:
  port: 8110
  domains: [{names: [example.net], outgoing: {host: smtp.example.net}}]
`;
  const { config } = await readConfig(text, 'postern.yaml', {});
  const lines: string[] = [];
  const checks = announcedNamesCheck(config, async (host) => {
    if (known.includes(host)) return ['192.0.2.7'];
    throw new Error('ENOTFOUND');
  });
  for (const { run } of checks) {
    for await (const { level, found } of run(new AbortController().signal)) {
      lines.push(`${level} ${found}`);
    }
  }
  return lines;
}

test('each name that is announced or looked for is resolved, once', async () => {
  assert.deepEqual(await diagnosing('mail.example.net', 'autoconfig.example.net'), [
    'ok mail.example.net is 192.0.2.7',
    'ok autoconfig.example.net is 192.0.2.7',
    'warn autodiscover.example.net has no address, seen from here',
  ]);
});
