import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import type { ClamdAddress } from '../../src/demo/clamd-probe.ts';
import { createCertificates, demoPaths, writeSetup } from '../../src/demo/demo-folder.ts';

const folders: string[] = [];
after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

async function setUp(clamd: ClamdAddress | undefined): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'demo-folder-'));
  folders.push(folder);
  const upstream = { address: '127.0.0.1', port: 1995 };
  await writeSetup(folder, { certificates: await createCertificates(), upstream, clamd });
  return folder;
}

describe('the configuration of the demo', () => {
  test('is accepted, verifies the mailbox and has TLS on both legs', async () => {
    const { config } = await loadConfig(demoPaths(await setUp(undefined)).configFile);
    const [listener] = config.listeners;
    const [route] = config.routes;
    assert.equal(listener?.tls, 'implicit');
    assert.equal(listener?.port, 0);
    assert.equal(route?.upstream.tls, 'implicit');
    assert.equal(route?.upstream.verify, 'full');
    assert.equal(route?.upstream.port, 1995);
    assert.deepEqual(
      config.plugins.map(({ use }) => use),
      ['audit-log', 'attachment-policy', 'spam-rules', 'spam', 'header-rewrite'],
    );
  });

  const addresses: readonly [ClamdAddress, unknown][] = [
    [{ kind: 'unix', path: '/run/a "b": #c/clamd' }, '/run/a "b": #c/clamd'],
    [
      { kind: 'tcp', host: '127.0.0.1', port: 3310 },
      { host: '127.0.0.1', port: 3310 },
    ],
  ];
  for (const [clamd, socket] of addresses) {
    test(`puts clamd into the chain: ${clamd.kind}`, async () => {
      const { config } = await loadConfig(demoPaths(await setUp(clamd)).configFile);
      const plugin = config.plugins.find(({ use }) => use === 'clamav');
      assert.deepEqual(plugin?.options, { socket, oversize: 'flag' });
    });
  }
});

test('files of the demo are for their owner only', async () => {
  const folder = await setUp(undefined);
  const names = await readdir(folder);
  assert.equal(names.length, 4);
  for (const name of names) {
    const { mode } = await stat(join(folder, name));
    assert.equal(mode & 0o077, 0, name);
  }
});
