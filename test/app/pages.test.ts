import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startApp } from '../../src/app/start-app.ts';
import { silentLogger } from '../../src/base/log.ts';
import { readConfig } from '../../src/config/load.ts';
import { type TemporaryFolder, temporaryFolder } from '../helpers/process.ts';

let folder: TemporaryFolder;

before(async () => {
  folder = await temporaryFolder('pages');
});

after(() => folder[Symbol.asyncDispose]());

function load(domain: string, more: object = {}) {
  const autoconfig = {
    port: 0,
    domains: [{ names: [domain], outgoing: { host: 'smtp.example.net' } }],
  };
  const announce = { host: 'mail.example.net', port: 995 };
  const text = JSON.stringify({
    listeners: [{ name: 'a', port: 0, tls: 'implicit', announce }],
    routes: [{ name: 'r', upstream: { host: '127.0.0.1', port: 9 } }],
    autoconfig,
    ...more,
  });
  return readConfig(text, join(folder.path, 'postern.yaml'));
}

async function statusFor(port: number | undefined, domain: string): Promise<number> {
  const page = `http://127.0.0.1:${port}/mail/config-v1.1.xml?emailaddress=joe@${domain}`;
  const response = await fetch(page);
  await response.text();
  return response.status;
}

test('the pages for mail programs follow a change of the configuration, and end with the proxy', async () => {
  const app = await startApp(await load('example.net'), { log: silentLogger });
  const { autoconfigPort: port } = app;
  try {
    assert.equal(app.metricsPort, undefined);
    assert.equal(await statusFor(port, 'example.net'), 200);
    await app.reload(await load('example.org'));
    assert.equal(await statusFor(port, 'example.net'), 404);
    assert.equal(await statusFor(port, 'example.org'), 200);
  } finally {
    await app.stop();
  }
  await assert.rejects(statusFor(port, 'example.org'));
});

test('when one of the pages cannot be opened, nothing is', async () => {
  const other = createServer();
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const taken = {
    port,
    domains: [{ names: ['example.net'], outgoing: { host: 'smtp.example.net' } }],
  };
  const loaded = await load('example.net', { autoconfig: taken, metrics: { port: 0 } });
  await assert.rejects(startApp(loaded, { log: silentLogger }), { code: 'LISTEN_FAILED' });
  other.close();
});
