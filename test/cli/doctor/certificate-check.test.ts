import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { certificateCheck } from '../../../src/cli/doctor/certificate-check.ts';
import { readConfig } from '../../../src/config/load.ts';
import { temporaryFolder } from '../../helpers/process.ts';
import { type Certificate, makeTestCertificates } from '../../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const dayMs = 86_400_000;

interface Trial {
  readonly certificate?: Certificate;
  readonly behind?: string;
  readonly announce?: string;
  readonly atMs?: number;
  readonly keyMode?: number;
}

async function diagnosing({
  certificate = certificates.server,
  behind = '',
  announce = '{}',
  atMs = Date.now(),
  keyMode = 0o600,
}: Trial): Promise<string> {
  await using folder = await temporaryFolder('certificate');
  await writeFile(join(folder.path, 'cert.pem'), `${certificate.certPem}\n${behind}`);
  await writeFile(join(folder.path, 'key.pem'), certificate.keyPem);
  await chmod(join(folder.path, 'key.pem'), keyMode);
  const text = `
listeners:
  - {name: a, port: 995, tls: implicit, announce: ${announce}, certificate: {cert: cert.pem, key: key.pem}}
routes: [{name: r, upstream: {host: pop.example.net}}]
`;
  const { config } = await readConfig(text, join(folder.path, 'postern.yaml'), {});
  // The folder goes with the end of this function.
  return await linesOf(config.listeners[0], atMs);
}

async function linesOf(
  listener: Parameters<typeof certificateCheck>[0] | undefined,
  atMs: number,
): Promise<string> {
  assert.ok(listener);
  const lines: string[] = [];
  const { run } = certificateCheck(listener, () => atMs);
  for await (const { level, found } of run(new AbortController().signal)) {
    lines.push(`${level} ${found}`);
  }
  return lines.join('\n');
}

test('names, dates and chain of a certificate are told', async () => {
  const alone = await diagnosing({});
  assert.match(alone, /^ok for localhost, 127\.0\.0\.1, /m);
  assert.match(alone, /^warn the certificate is valid for \d days? more/m);
  assert.match(alone, /^warn the chain ends at Postern test authority, which is neither/m);
  const whole = await diagnosing({ behind: certificates.caPem });
  assert.match(whole, /^warn the chain leads to Postern test authority, a private authority/m);
});

test('certificates of the wrong authority lead nowhere', async () => {
  const other = makeTestCertificates();
  const text = await diagnosing({ behind: `${other.caPem}\n${other.server.certPem}` });
  assert.match(text, /^warn the chain ends at/m);
});

test('a name that is announced has to be in the certificate', async () => {
  const right = await diagnosing({ announce: '{host: localhost}' });
  assert.match(right, /^ok mail programs are told localhost, which it is for$/m);
  assert.match(await diagnosing({ announce: '{host: 127.0.0.1}' }), /which it is for$/m);
  const wrong = await diagnosing({ announce: '{host: mail.example.net}' });
  assert.match(
    wrong,
    /^fail mail programs are told mail\.example\.net, which no certificate is for$/m,
  );
});

test('a certificate that is over, or not valid yet, fails', async () => {
  assert.match(
    await diagnosing({ certificate: certificates.expired }),
    /^fail the certificate expired on/m,
  );
  const before = await diagnosing({ atMs: Date.now() - 400 * dayMs });
  assert.match(before, /^fail the certificate is not valid before/m);
});

test('a key that everybody can read is worth a warning', async () => {
  assert.match(await diagnosing({ keyMode: 0o644 }), /^warn every user of this machine may read/m);
  assert.doesNotMatch(await diagnosing({}), /may read/);
});

test('a certificate made at the start is worth a warning', async () => {
  const text = `
listeners: [{name: a, port: 995, tls: implicit}]
routes: [{name: r, upstream: {host: pop.example.net}}]
`;
  const { config } = await readConfig(text, 'postern.yaml', {});
  assert.match(await linesOf(config.listeners[0], 0), /^warn self-signed/);
});
