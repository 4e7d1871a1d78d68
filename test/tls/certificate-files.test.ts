import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CertificateFiles } from '../../src/tls/certificate-files.ts';
import { type Certificate, certificateFor } from '../helpers/test-certificates.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-certificates-'));
});
after(() => rm(folder, { recursive: true }));

const first = certificateFor(['pop.example']);
const second = certificateFor(['pop.example']);

/** As programs that renew certificates do it: the new file takes the place of the old one. */
async function put(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

async function filesOf(name: string) {
  const certFile = join(folder, `${name}.pem`);
  const keyFile = join(folder, `${name}-key.pem`);
  await put(certFile, first.certPem);
  await put(keyFile, first.keyPem);
  const files = await CertificateFiles.load([{ certFile, keyFile, passphrase: undefined }]);
  assert.ok(files);
  return { certFile, keyFile, files };
}

function isShown(files: CertificateFiles, { certPem }: Certificate): boolean {
  return files.certificates[0].fingerprint === new X509Certificate(certPem).fingerprint256;
}

test('without any certificate there is nothing to look at', async () => {
  assert.equal(await CertificateFiles.load([]), undefined);
});

test('what has not changed is not read again', async () => {
  const { files } = await filesOf('same');
  assert.deepEqual(await files.look(), { taken: [], refused: [] });
});

test('a renewed certificate takes the place of the old one', async () => {
  const { files, certFile, keyFile } = await filesOf('renewed');
  await put(certFile, second.certPem);
  await put(keyFile, second.keyPem);
  const { taken, refused } = await files.look();
  assert.deepEqual([taken.length, refused], [1, []]);
  assert.ok(isShown(files, second));
});

test('half a renewal is refused once, and taken once it is whole', async () => {
  const { files, certFile, keyFile } = await filesOf('half');
  await put(certFile, second.certPem);
  const { taken, refused } = await files.look();
  assert.deepEqual([taken, refused.map((each) => each.certFile)], [[], [certFile]]);
  assert.match(refused[0]?.reason ?? '', /key/);
  assert.ok(isShown(files, first));
  assert.deepEqual(await files.look(), { taken: [], refused: [] });
  await put(keyFile, second.keyPem);
  assert.equal((await files.look()).taken.length, 1);
  assert.ok(isShown(files, second));
});

for (const [what, text] of [
  ['no certificate', 'hello'],
  ['an empty file', ''],
] as const) {
  test(`${what} leaves the certificate of before`, async () => {
    const { files, certFile } = await filesOf(what);
    await put(certFile, text);
    assert.equal((await files.look()).refused.length, 1);
    assert.ok(isShown(files, first));
  });
}

test('a file that is gone is told once, and read when it is back', async () => {
  const { files, certFile, keyFile } = await filesOf('gone');
  await rm(certFile);
  assert.match((await files.look()).refused[0]?.reason ?? '', /ENOENT/);
  assert.deepEqual(await files.look(), { taken: [], refused: [] });
  await put(keyFile, second.keyPem);
  await put(certFile, second.certPem);
  assert.equal((await files.look()).taken.length, 1);
});
