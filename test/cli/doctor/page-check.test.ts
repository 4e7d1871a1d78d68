import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { startAutoconfigServer } from '../../../src/admin/autoconfig/autoconfig-server.ts';
import { startMetricsServer } from '../../../src/admin/metrics-server.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { pageChecks } from '../../../src/cli/doctor/page-check.ts';
import { readConfig } from '../../../src/config/load.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { toServerCertificate } from '../../../src/tls/certificate.ts';
import { createListenerSelfSigned } from '../../../src/tls/material.ts';
import { ServerTls } from '../../../src/tls/server-tls.ts';
import { randomTicketKeys } from '../../../src/tls/ticket-keys.ts';
import { autoconfigSettings } from '../../helpers/autoconfig.ts';
import { startTrainingPages } from '../../helpers/training-pages.ts';

const loopback = { address: '127.0.0.1', port: 0 };

async function levels(pages: object): Promise<Record<string, string>> {
  const text = JSON.stringify({
    listeners: [{ name: 'a', port: 995, tls: 'implicit', announce: { host: 'mail.example.net' } }],
    routes: [{ name: 'r', upstream: { host: 'pop.example.net' } }],
    ...pages,
  });
  const { config } = await readConfig(text, 'postern.yaml', {});
  const found: Record<string, string> = {};
  for (const { subject, run } of pageChecks(config)) {
    for await (const { level } of run(new AbortController().signal)) found[subject] = level;
  }
  return found;
}

function autoconfig(port: number, more: object = {}): object {
  const domains = [{ names: ['example.net'], outgoing: { host: 'smtp.example.net' } }];
  return { autoconfig: { port, domains, ...more } };
}

test('pages that are not configured are not looked for', async () => {
  assert.deepEqual(await levels({}), {});
});

test('the page behind the links of training is known by what it says to a stranger', async () => {
  await using pages = await startTrainingPages();
  const links = { url: 'https://mail.example.net/learn/', port: pages.port };
  const found = await levels({ training: { links } });
  assert.deepEqual(found, { 'page behind links of training': 'ok' });
});

test('pages of a running Postern are known by what they say', async (t) => {
  const registry = createMetrics();
  const metrics = await startMetricsServer(loopback, { registry, isHealthy: () => true });
  t.after(() => metrics.stop());
  const settings = await autoconfigSettings();
  const services = { settings: () => settings, log: silentLogger };
  const open = await startAutoconfigServer(loopback, { ...services, tls: undefined });
  t.after(() => open.stop());
  const found = await levels({ metrics: { port: metrics.port }, ...autoconfig(open.port) });
  assert.deepEqual(found, { 'page of metrics': 'ok', 'pages for mail programs': 'ok' });

  const tls = new ServerTls(
    { tlsProfile: 'intermediate', minTlsVersion: 'TLSv1.2' },
    [toServerCertificate(await createListenerSelfSigned())],
    { ticketKeys: randomTicketKeys() },
  );
  const secure = await startAutoconfigServer(loopback, { ...services, tls });
  t.after(() => secure.stop());
  const secured = autoconfig(secure.port, { certificate_of: 'a' });
  assert.deepEqual(await levels(secured), { 'pages for mail programs': 'ok' });
});

test('a port of another server fails, one that is free is well', async () => {
  const other = createServer((_request, response) => response.end('ok, more or less'));
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  assert.deepEqual(await levels({ metrics: { port } }), { 'page of metrics': 'fail' });
  other.close();
  await once(other, 'close');
  assert.deepEqual(await levels({ metrics: { port } }), { 'page of metrics': 'ok' });
});
