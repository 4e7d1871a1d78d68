import assert from 'node:assert/strict';
import { chmod, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { Authority, createAuthority } from '../../../src/tls/authority/authority.ts';
import { AuthorityFolder } from '../../../src/tls/authority/authority-folder.ts';
import { OpenAuthority } from '../../../src/tls/authority/open-authority.ts';
import { temporaryFolder } from '../../helpers/process.ts';
import { recordingLogger } from '../../helpers/recording-logger.ts';

const services = { clock: systemClock, log: recordingLogger() };

async function made(permitted: readonly string[] | undefined) {
  const place = await temporaryFolder('authority');
  const folder = new AuthorityFolder(join(place.path, 'authority'));
  const request = { name: 'Test', permitted, days: 30, passphrase: undefined };
  const pem = await createAuthority(request, Date.now());
  const authority = await Authority.open(pem, undefined);
  await folder.create(pem.certPem, pem.keyPem, await authority.signRevoked([], Date.now()));
  const config = {
    folder: folder.path,
    passphrase: undefined,
    lifetimeMs: 86_400_000,
    crlUrl: undefined,
  };
  return { place, folder, authority, config, pem };
}

test('what was revoked meanwhile is replaced after the next look', async () => {
  const { place, folder, authority, config } = await made(['example.net']);
  await using _ = place;
  const open = await OpenAuthority.open(config, services);
  const first = await open.minter.find('pop.example.net', 'permitted');
  const [issued] = await folder.issued(Date.now());
  assert.equal(issued?.name, 'pop.example.net');
  const list = await authority.signRevoked(
    [{ serial: issued.serial, atMs: Date.now() }],
    Date.now(),
  );
  await folder.replaceRevoked(list);
  await open.look();
  const second = await open.minter.find('pop.example.net', 'permitted');
  assert.notEqual(second, first);
  assert.equal((await folder.issued(Date.now())).length, 2);
});

test('opening changes nothing; records of what has expired go with the first new one', async () => {
  const { place, config } = await made(['example.net']);
  await using _ = place;
  const old = 'issued-2020-01.jsonl';
  await writeFile(join(config.folder, old), '');
  const open = await OpenAuthority.open(config, services);
  assert.ok((await readdir(config.folder)).includes(old));
  await open.minter.find('pop.example.net', 'permitted');
  assert.ok(!(await readdir(config.folder)).includes(old));
});

test('a listener asks for names that the authority may sign for', async () => {
  const { place, config } = await made(['example.net']);
  await using _ = place;
  const open = await OpenAuthority.open(config, services);
  open.check('a', 'permitted');
  open.check('a', ['pop.example.net', '*.example.net']);
  const outside = { code: 'AUTHORITY_UNUSABLE', publicText: /pop.example.org/ };
  assert.throws(() => open.check('a', ['pop.example.net', 'pop.example.org']), outside);
});

test('an authority for any name needs a list of names', async () => {
  const { place, config } = await made(undefined);
  await using _ = place;
  const open = await OpenAuthority.open(config, services);
  open.check('a', ['pop.example.org']);
  assert.throws(() => open.check('a', 'permitted'), { code: 'AUTHORITY_UNUSABLE' });
});

test('without an authority, or with a key that others may read, nothing starts', async () => {
  const { place, folder, config, pem } = await made(['example.net']);
  await using _ = place;
  await chmod(folder.keyFile, 0o604);
  await assert.rejects(OpenAuthority.open(config, services), { code: 'AUTHORITY_UNUSABLE' });
  await chmod(folder.keyFile, 0o600);
  await assert.rejects(folder.create(pem.certPem, pem.keyPem, ''), { code: 'EEXIST' });
  await rm(folder.certificateFile);
  await assert.rejects(OpenAuthority.open(config, services), { code: 'AUTHORITY_UNUSABLE' });
});
