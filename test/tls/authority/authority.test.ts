import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { test } from 'node:test';
import { connect, createServer } from 'node:tls';
import { Secret } from '../../../src/base/secret.ts';
import {
  Authority,
  type AuthorityRequest,
  createAuthority,
  readRevoked,
} from '../../../src/tls/authority/authority.ts';

const request: AuthorityRequest = {
  name: 'Test',
  permitted: ['example.net'],
  days: 30,
  passphrase: undefined,
};
const hourMs = 3_600_000;

async function open(changes: Partial<AuthorityRequest> = {}) {
  const pem = await createAuthority({ ...request, ...changes }, Date.now());
  return { pem, authority: await Authority.open(pem, changes.passphrase) };
}

function leafRequest(name: string, lifeMs = 24 * hourMs) {
  return { name, nowMs: Date.now(), lifeMs, crlUrl: undefined };
}

/** What a client that trusts the authority says of the certificate. */
async function verdict(
  ca: string,
  leaf: { readonly certPem: string; readonly keyPem: string },
  servername: string,
) {
  const server = createServer({ cert: leaf.certPem, key: leaf.keyPem }, (socket) => socket.end());
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const client = connect({ port: address.port, host: '127.0.0.1', ca, servername });
  const said = await new Promise<string>((resolve) => {
    client.once('secureConnect', () => resolve('trusted'));
    client.once('error', (error: NodeJS.ErrnoException) =>
      resolve(`${error.code} ${error.message}`),
    );
  });
  client.destroy();
  server.close();
  return said;
}

test('a client that trusts the authority trusts what it signs, for that name alone', async () => {
  const { pem, authority } = await open();
  assert.deepEqual(authority.permitted, ['example.net']);
  const leaf = await authority.sign(leafRequest('pop.example.net'));
  assert.equal(await verdict(pem.certPem, leaf, 'pop.example.net'), 'trusted');
  assert.match(await verdict(pem.certPem, leaf, 'imap.example.net'), /ALTNAME_INVALID/);
});

test('a client refuses what is signed beyond the constraints', async () => {
  const { pem, authority } = await open();
  const leaf = await authority.sign(leafRequest('pop.example.org'));
  assert.match(await verdict(pem.certPem, leaf, 'pop.example.org'), /permitted subtree violation/);
});

test('without constraints it may sign for any name', async () => {
  const { pem, authority } = await open({ permitted: undefined });
  assert.equal(authority.permitted, undefined);
  const leaf = await authority.sign(leafRequest('pop.example.org'));
  assert.equal(await verdict(pem.certPem, leaf, 'pop.example.org'), 'trusted');
});

test('a certificate lives as long as was asked for, and not longer than the authority', async () => {
  const { authority } = await open();
  const short = new X509Certificate((await authority.sign(leafRequest('a.example.net'))).certPem);
  const left = short.validToDate.getTime() - Date.now();
  assert.ok(left > 23 * hourMs && left <= 24 * hourMs);
  const long = await authority.sign(leafRequest('a.example.net', 1000 * 24 * hourMs));
  assert.equal(new X509Certificate(long.certPem).validToDate.getTime(), authority.notAfterMs);
});

test('a name that is too long for a common name is in the extension', async () => {
  const { authority } = await open();
  const name = `${'a'.repeat(63)}.${'b'.repeat(63)}.example.net`;
  const leaf = new X509Certificate((await authority.sign(leafRequest(name))).certPem);
  assert.equal(leaf.subjectAltName, `DNS:${name}`);
});

test('the key opens with its passphrase alone', async () => {
  const passphrase = Secret.fromText('open sesame');
  const { pem } = await open({ passphrase });
  assert.match(pem.keyPem, /ENCRYPTED/);
  await assert.rejects(Authority.open(pem, undefined));
  await assert.rejects(Authority.open(pem, Secret.fromText('sesame')));
  const other = await open();
  await assert.rejects(
    Authority.open({ certPem: pem.certPem, keyPem: other.pem.keyPem }, undefined),
    /another certificate/,
  );
});

test('the list of revoked certificates says which and when', async () => {
  const { authority } = await open();
  const { serial } = await authority.sign(leafRequest('a.example.net'));
  const atMs = 1_700_000_000_000;
  const list = await authority.signRevoked([{ serial, atMs }], Date.now());
  assert.deepEqual(await readRevoked(list), [{ serial, atMs }]);
  assert.deepEqual(await readRevoked(await authority.signRevoked([], Date.now())), []);
});
