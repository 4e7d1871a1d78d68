import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { loadConfig } from '../../src/config/load.ts';
import type { DemoPaths } from '../../src/demo/demo-folder.ts';
import { type DemoProxy, type DemoResult, runDemo } from '../../src/demo/run-demo.ts';
import { buildSampleMailbox } from '../../src/demo/sample-mailbox.ts';

const chosen = ['plain-short', 'dot-lines', 'virus-plain'];
const samples = buildSampleMailbox().filter(({ name }) => chosen.includes(name));

const folders: string[] = [];
after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

/** Speaks TLS on both legs and hands every octet on, or cuts the connection after some. */
async function startRelay({ configFile }: DemoPaths, maxOctets: number): Promise<DemoProxy> {
  const { config } = await loadConfig(configFile);
  const [listener] = config.listeners;
  const [route] = config.routes;
  const [certificate] = listener?.certificates ?? [];
  assert.ok(listener !== undefined && certificate !== undefined);
  assert.ok(route?.upstream.caFile !== undefined);
  const { host, port, serverName, caFile } = route.upstream;
  const ca = await readFile(caFile);
  const cert = await readFile(certificate.certFile);
  const key = await readFile(certificate.keyFile);

  const server = createServer({ cert, key }, (client) => {
    const upstream = connect({ host, port, ca, servername: serverName });
    relay(client, upstream, maxOctets);
  });
  server.listen(0, listener.address);
  await once(server, 'listening');
  const bound = server.address();
  assert.ok(bound !== null && typeof bound === 'object');
  return {
    listeners: [{ name: listener.name, address: bound.address, port: bound.port }],
    async stop() {
      server.close();
    },
  };
}

function relay(client: TLSSocket, upstream: TLSSocket, maxOctets: number): void {
  let octets = 0;
  for (const socket of [client, upstream]) socket.on('error', () => {});
  client.pipe(upstream);
  upstream.on('data', (chunk: Buffer) => {
    octets += chunk.length;
    if (octets <= maxOctets) client.write(chunk);
    else client.destroy();
  });
  upstream.on('end', () => client.end());
  client.on('close', () => upstream.destroy());
}

async function demoThroughRelay(
  maxOctets: number,
): Promise<{ result: DemoResult; text: string; steps: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'run-demo-'));
  folders.push(folder);
  let text = '';
  let steps = '';
  const result = await runDemo({
    folder,
    samples,
    output: { write: (piece) => (text += piece) },
    progressOutput: { write: (piece) => (steps += piece) },
    startProxy: (paths) => startRelay(paths, maxOctets),
    findClamd: async () => undefined,
  });
  return { result, text, steps };
}

describe('the demo', () => {
  test('finds out a proxy that filters nothing', async () => {
    const { result, text, steps } = await demoThroughRelay(Number.POSITIVE_INFINITY);
    assert.equal(result, 'notAsExpected');
    for (const complaint of [
      /audit\.jsonl is missing or empty/,
      /plain-short: the header field X-Scanned-By is missing/,
      /virus-plain: no identical original lies in the quarantine/,
      /virus-plain: the dangerous part came through/,
    ]) {
      assert.match(text, complaint);
    }
    assert.doesNotMatch(text, /the body is not identical/);
    for (const { name } of samples) assert.ok(steps.includes(` ${name}: `), name);
  });

  test('reports a session that breaks off, message by message', async () => {
    const { result, text } = await demoThroughRelay(900);
    assert.equal(result, 'notAsExpected');
    assert.match(text, /virus-plain: it was not delivered: .*connection ended/);
    assert.match(text, /did not end its session with the mailbox by QUIT/);
  });

  test('fails with the reason when the proxy does not start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'run-demo-'));
    folders.push(folder);
    const demo = runDemo({
      folder,
      samples,
      output: { write: () => {} },
      progressOutput: { write: () => {} },
      startProxy: () => Promise.reject(new Error('port is taken')),
      findClamd: async () => undefined,
    });
    await assert.rejects(demo, /port is taken/);
  });
});
