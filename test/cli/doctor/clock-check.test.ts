import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { clockCheck } from '../../../src/cli/doctor/clock-check.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { temporaryFolder } from '../../helpers/process.ts';
import { makeTestCertificates } from '../../helpers/test-certificates.ts';

const { server } = makeTestCertificates();

async function diagnosing(atMs: number, tls: string): Promise<string> {
  await using folder = await temporaryFolder('clock');
  await writeFile(join(folder.path, 'cert.pem'), server.certPem);
  await writeFile(join(folder.path, 'key.pem'), server.keyPem);
  const file = join(folder.path, 'postern.yaml');
  const text = `
listeners: [{name: a, port: 1110, ${tls}}]
routes: [{name: r, upstream: {host: pop.example.net}}]
`;
  await writeFile(file, text);
  const { run } = clockCheck(await loadConfig(file), () => atMs);
  const lines: string[] = [];
  for await (const { level, found } of run(new AbortController().signal)) {
    lines.push(`${level} ${found}`);
  }
  return lines.join('\n');
}

const plain = 'tls: none';
const secure = 'tls: stls, certificate: {cert: cert.pem, key: key.pem}';
const ages = 30 * 365 * 86_400_000;

test('a clock that agrees with what was made before is plausible', async () => {
  assert.match(await diagnosing(Date.now(), plain), /^ok 20\d\d-.*, time zone .+/);
  assert.match(await diagnosing(Date.now(), secure), /^ok/);
});

test('a clock that is before what was made is wrong', async () => {
  assert.match(await diagnosing(Date.now() - ages, plain), /^warn .* before the configuration/);
  assert.match(await diagnosing(Date.now() - ages, secure), /^fail .* before a certificate/);
});
