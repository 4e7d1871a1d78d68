import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Authority } from '../../src/tls/authority/authority.ts';
import { AuthorityFolder } from '../../src/tls/authority/authority-folder.ts';
import { temporaryFolder } from '../helpers/process.ts';
import { postern } from './postern.ts';

const yaml = `listeners: [{name: a, port: 0, tls: implicit, mint: permitted}]
routes: [{name: a, upstream: {host: pop.example.net}}]
`;

test('an authority is made once, handed out, and takes back what it has signed', async () => {
  await using place = await temporaryFolder('ca');
  const file = join(place.path, 'postern.yaml');
  await writeFile(file, yaml);
  const ca = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await postern(['ca', ...args, '--config', file]);
    return { code, stdout: stdout.toString(), stderr };
  };
  const folder = new AuthorityFolder(join(place.path, 'state', 'authority'));

  const vague = await ca('init');
  assert.equal(vague.code, 1);
  assert.match(vague.stderr, /--permit/);

  const made = await ca('init', '--permit', 'example.net');
  assert.equal(made.code, 0, made.stderr);
  assert.match(made.stdout, /signs for +example\.net/);
  assert.equal((await stat(folder.keyFile)).mode & 0o777, 0o600);

  const again = await ca('init', '--permit', 'example.org');
  assert.equal(again.code, 1);
  assert.match(again.stderr, /there is an authority already/);

  const authority = await Authority.open(await folder.read(), undefined);
  const nowMs = Date.now();
  const leaf = { name: 'pop.example.net', nowMs, lifeMs: 3_600_000, crlUrl: undefined };
  const { serial } = await authority.sign(leaf);
  await folder.record({ serial, name: leaf.name, fromMs: nowMs, untilMs: nowMs + leaf.lifeMs });
  assert.match(
    (await ca('list')).stdout,
    new RegExp(`^${serial}  valid .* pop\\.example\\.net\n$`),
  );
  assert.match((await ca('revoke', 'pop.example.net')).stdout, /revoked/);
  assert.match((await ca('list')).stdout, /revoked/);
  assert.equal((await ca('revoke', 'nobody.example')).code, 1);

  const output = join(place.path, 'for clients');
  await mkdir(output);
  assert.equal((await ca('export', '--output', output)).code, 0);
  assert.deepEqual((await readdir(output)).sort(), [
    'README.txt',
    'postern-ca.crt',
    'postern-ca.mobileconfig',
    'postern-ca.pem',
    'revoked.crl',
    'revoked.pem',
  ]);
  const der = new X509Certificate(await readFile(join(output, 'postern-ca.crt')));
  const pem = new X509Certificate(await readFile(join(output, 'postern-ca.pem')));
  assert.equal(der.fingerprint256, pem.fingerprint256);
  const told = await readFile(join(output, 'README.txt'), 'utf8');
  for (const text of [pem.fingerprint256, 'Thunderbird', 'certutil', 'Android', 'iPhone']) {
    assert.ok(told.includes(text), text);
  }
});
