import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Doer } from '../../src/app/surroundings.ts';
import { TlsUpkeep } from '../../src/app/tls-upkeep.ts';
import { Authority, createAuthority } from '../../src/tls/authority/authority.ts';
import { AuthorityFolder } from '../../src/tls/authority/authority-folder.ts';
import { OpenAuthority } from '../../src/tls/authority/open-authority.ts';
import { CertificateFiles } from '../../src/tls/certificate-files.ts';
import { ServerTls } from '../../src/tls/server-tls.ts';
import { randomTicketKeys } from '../../src/tls/ticket-keys.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { recordingLogger } from '../helpers/recording-logger.ts';
import { type Certificate, certificateFor } from '../helpers/test-certificates.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-upkeep-'));
});
after(() => rm(folder, { recursive: true }));

const dayMs = 86_400_000;

async function put({ certPem, keyPem }: Certificate): Promise<void> {
  for (const [name, text] of [
    ['cert.pem', certPem],
    ['key.pem', keyPem],
  ] as const) {
    await writeFile(join(folder, `new-${name}`), text);
    await rename(join(folder, `new-${name}`), join(folder, name));
  }
}

/** The clock of the upkeep stands `daysBefore` the end of the certificate. */
async function upkeepOf(daysBefore: number, chores: Doer = 'here', authority?: OpenAuthority) {
  await put(certificateFor(['pop.example']));
  const config = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  const files = await CertificateFiles.load([{ ...config, passphrase: undefined }]);
  assert.ok(files);
  const [{ notAfterMs }] = files.certificates;
  let keys = randomTicketKeys();
  const settings = { tlsProfile: 'intermediate', minTlsVersion: 'TLSv1.2' } as const;
  const tls = new ServerTls(settings, files.certificates, { ticketKeys: keys });
  const log = recordingLogger();
  const expiries: unknown[] = [];
  const clock = new FakeClock();
  clock.nowMs = () => notAfterMs - daysBefore * dayMs;
  const upkeep = new TlsUpkeep({
    clock,
    log,
    chores,
    metrics: { certificateExpires: (...facts) => void expiries.push(facts) },
    materials: () => new Map([['pop3s', { tls, files, authority }]]),
    ticketKeys: () => keys,
  });
  const useOtherKeys = (): void => {
    keys = randomTicketKeys();
  };
  return { upkeep, tls, log, clock, expiries, notAfterMs, useOtherKeys };
}

test('a certificate that was renewed is shown at the next look, by itself', async () => {
  const { upkeep, tls, log } = await upkeepOf(90);
  await upkeep.look();
  const before = tls.contextFor(undefined);
  assert.equal(tls.contextFor(undefined), before);
  assert.deepEqual(log.lines, []);
  await put(certificateFor(['pop.example']));
  await upkeep.look();
  assert.notEqual(tls.contextFor(undefined), before);
  assert.deepEqual(
    log.lines.map(({ level, text }) => [level, text]),
    [['info', 'a changed certificate was taken up']],
  );
});

test('what cannot be used is one clear line', async () => {
  const { upkeep, tls, log } = await upkeepOf(90);
  const before = tls.contextFor(undefined);
  await writeFile(join(folder, 'key.pem'), 'no key at all');
  await upkeep.look();
  await upkeep.look();
  assert.equal(tls.contextFor(undefined), before);
  const [line, ...others] = log.lines;
  assert.deepEqual(others, []);
  assert.equal(line?.level, 'error');
  assert.equal(line?.fields['certFile'], join(folder, 'cert.pem'));
});

test('the end of a certificate is a figure, and a warning when it is near', async () => {
  const { upkeep, log, expiries, notAfterMs } = await upkeepOf(6.5);
  await upkeep.look();
  await upkeep.look();
  assert.deepEqual(expiries[0], ['pop3s', 'pop.example', notAfterMs / 1000]);
  const [line, ...others] = log.lines;
  assert.deepEqual(others, []);
  assert.equal(line?.level, 'warn');
  assert.equal(line?.fields['daysLeft'], 6);
});

test('where another process does the chores, it is that one that says so', async () => {
  const { upkeep, log, expiries } = await upkeepOf(6.5, 'elsewhere');
  await upkeep.look();
  assert.deepEqual([log.lines, expiries.length], [[], 1]);
});

test('it looks every minute until it is stopped', async () => {
  const { upkeep, expiries, clock } = await upkeepOf(90);
  await upkeep.run();
  assert.deepEqual([expiries.length, clock.timers], [1, 1]);
  upkeep.stop();
  assert.equal(clock.timers, 0);
});

test('other keys of tickets are used from the next look on', async () => {
  const { upkeep, tls, useOtherKeys } = await upkeepOf(90);
  const before = tls.contextFor(undefined);
  useOtherKeys();
  await upkeep.look();
  assert.notEqual(tls.contextFor(undefined), before);
});

/** Good for ten days. */
async function openAuthority(endsMs: number) {
  const place = new AuthorityFolder(await mkdtemp(join(folder, 'authority-')));
  const request = { name: 'Test', permitted: ['example.net'], days: 10, passphrase: undefined };
  const madeMs = endsMs - 10 * dayMs;
  const pem = await createAuthority(request, madeMs);
  const revoked = await (await Authority.open(pem, undefined)).signRevoked([], madeMs);
  await place.create(pem.certPem, pem.keyPem, revoked);
  const config = {
    folder: place.path,
    passphrase: undefined,
    lifetimeMs: dayMs,
    crlUrl: undefined,
  };
  const clock = new FakeClock();
  return { place, authority: await OpenAuthority.open(config, { clock, log: recordingLogger() }) };
}

test('a list of revoked certificates that is gone holds up no renewal', async () => {
  const { place, authority } = await openAuthority(Date.UTC(2100, 0, 1));
  const { upkeep, tls } = await upkeepOf(90, 'here', authority);
  const before = tls.contextFor(undefined);
  await put(certificateFor(['pop.example']));
  await rm(place.revokedFile);
  await assert.rejects(upkeep.look(), { code: 'ENOENT' });
  assert.notEqual(tls.contextFor(undefined), before);
});

test('the end of the local authority is a figure, and a warning when it is near', async () => {
  const { authority } = await openAuthority(Date.UTC(2020, 0, 1));
  const { upkeep, log, clock, expiries } = await upkeepOf(90, 'here', authority);
  clock.nowMs = () => authority.certificate.notAfterMs - 6.5 * dayMs;
  await upkeep.look();
  await upkeep.look();
  const seconds = authority.certificate.notAfterMs / 1000;
  assert.deepEqual(expiries[0], ['pop3s', 'local authority', seconds]);
  assert.deepEqual(
    log.lines.map(({ level, fields }) => [level, fields['names'], fields['daysLeft']]),
    [['warn', ['local authority'], 6]],
  );
});
