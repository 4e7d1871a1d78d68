import assert from 'node:assert/strict';
import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { authorityChecks } from '../../../src/cli/doctor/authority-check.ts';
import { certificateCheck } from '../../../src/cli/doctor/certificate-check.ts';
import { readConfig } from '../../../src/config/load.ts';
import { type TemporaryFolder, temporaryFolder } from '../../helpers/process.ts';
import { postern } from '../postern.ts';

async function load(folder: TemporaryFolder, mint: string) {
  const text = `
listeners: [{name: a, port: 995, tls: implicit, announce: {host: pop.example.net}${mint}}]
routes: [{name: r, upstream: {host: pop.example.net}}]
`;
  const file = join(folder.path, 'postern.yaml');
  await writeFile(file, text);
  return { file, config: (await readConfig(text, file, {})).config };
}

async function diagnosing(folder: TemporaryFolder, mint: string): Promise<string> {
  const { config } = await load(folder, mint);
  const lines: string[] = [];
  for (const { run } of authorityChecks(config, Date.now)) {
    for await (const { level, found } of run(new AbortController().signal)) {
      lines.push(`${level} ${found}`);
    }
  }
  return lines.join('\n');
}

test('the authority is looked at where certificates are made, and signs nothing', async () => {
  await using folder = await temporaryFolder('authority-check');
  const mint = ', mint: [pop.example.net]';
  assert.equal(await diagnosing(folder, ''), '');
  assert.match(await diagnosing(folder, mint), /^fail .*postern ca init/m);

  const { file } = await load(folder, mint);
  const made = await postern(['ca', 'init', '--config', file, '--permit', 'example.net']);
  assert.equal(made.code, 0, made.stderr);
  const authority = join(folder.path, 'state', 'authority');
  const before = await readdir(authority);
  const well = await diagnosing(folder, mint);
  assert.match(well, /^ok Postern\b.* signs for a\nok the certificate is valid until/);
  assert.deepEqual(await readdir(authority), before);

  const outside = await diagnosing(folder, ', mint: [pop.example.org]');
  assert.match(outside, /^fail listener a: the authority may not sign for pop\.example\.org/m);
  await chmod(join(authority, 'ca-key.pem'), 0o644);
  assert.match(await diagnosing(folder, mint), /^fail .* open to every user/m);
});

test('a certificate that is made for the announced name is well', async () => {
  await using folder = await temporaryFolder('authority-check');
  const { config } = await load(folder, ", mint: ['*.example.net']");
  const [listener] = config.listeners;
  assert.ok(listener);
  const lines: string[] = [];
  for await (const { level, found } of certificateCheck(listener, Date.now).run(
    new AbortController().signal,
  )) {
    lines.push(`${level} ${found}`);
  }
  assert.deepEqual(lines, [
    'ok made by the local authority for the name that a client asks for',
    'ok mail programs are told pop.example.net, which a certificate is made for',
  ]);
});
