import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  close,
  expect,
  expectEnd,
  type Script,
  secure,
  secureInVain,
  send,
  startScriptedUpstream,
} from '../helpers/scripted-upstream.ts';
import { certificates, credentials, openClient, password, type TargetChanges } from './target.ts';

const login: Script = [
  expect('USER bob'),
  send('+OK\r\n'),
  expect(`PASS ${password}`),
  send('+OK\r\n'),
  expectEnd(),
];
const offersStls: Script = [send('+OK\r\n'), expect('CAPA'), send('+OK\r\nSTLS\r\n.\r\n')];
const upToStls: Script = [...offersStls, expect('STLS')];
const afterTls: Script = [expect('CAPA'), send('+OK\r\nUSER\r\n.\r\n')];

async function logInTo(script: Script, changes: TargetChanges): Promise<void> {
  await using upstream = await startScriptedUpstream(script);
  const client = await openClient(upstream.port, { allowPlaintextLogin: false, ...changes });
  assert.match(client.tls?.protocol ?? 'none', /^TLSv1\.[23]$/);
  await client.logIn(credentials);
  client.close();
  await upstream.done();
}

/** Opening fails; what the server got in all must hold no command that carries a credential. */
async function openInVain(script: Script, expected: object, changes: TargetChanges): Promise<void> {
  await using upstream = await startScriptedUpstream(script);
  await assert.rejects(openClient(upstream.port, changes), expected);
  await upstream.done();
  for (const { received } of upstream.connections) {
    assert.doesNotMatch(received, /USER|PASS|AUTH/);
  }
}

test('implicit TLS is negotiated before the greeting', async () => {
  const script: Script = [secure(certificates.server), send('+OK\r\n'), ...afterTls, ...login];
  await logInTo(script, { tls: 'implicit' });
});

test('STLS is negotiated before the login, and CAPA asked again behind it', async () => {
  const script: Script = [
    ...upToStls,
    send('+OK\r\n'),
    secure(certificates.server),
    ...afterTls,
    ...login,
  ];
  await logInTo(script, { tls: 'stls' });
});

test('a server named by address is verified by address', async () => {
  const script: Script = [secure(certificates.server), send('+OK\r\n'), ...afterTls, ...login];
  await logInTo(script, { tls: 'implicit', serverName: '127.0.0.1' });
});

const noTls: readonly [name: string, script: Script, code: string][] = [
  [
    'STLS that is not offered',
    [send('+OK\r\n'), expect('CAPA'), send('+OK\r\nUSER\r\n.\r\n'), expectEnd()],
    'UPSTREAM_NO_STLS',
  ],
  ['STLS that is refused', [...upToStls, send('-ERR no\r\n'), expectEnd()], 'UPSTREAM_NO_STLS'],
  [
    'a reply in plain text behind the +OK to STLS',
    [...upToStls, send('+OK\r\n+OK forged\r\n'), expectEnd()],
    'UPSTREAM_PROTOCOL',
  ],
  [
    'part of a reply in plain text behind the +OK to STLS',
    [...upToStls, send('+OK\r\n+'), expectEnd()],
    'UPSTREAM_PROTOCOL',
  ],
  ['a connection that ends at STLS', [...upToStls, close()], 'UPSTREAM_LOST'],
];

for (const [name, script, code] of noTls) {
  test(`${name} ends the session before any credential is sent`, async () => {
    await openInVain(script, { code, fault: 'upstream' }, { tls: 'stls' });
  });
}

test('plain text where the handshake belongs is no TLS', async () => {
  await using upstream = await startScriptedUpstream([send('+OK hello, no TLS here\r\n'), close()]);
  await assert.rejects(openClient(upstream.port, { tls: 'implicit' }), { code: 'UPSTREAM_TLS' });
  await upstream.done();
});

test('a handshake that is never answered ends by its deadline', async () => {
  await using upstream = await startScriptedUpstream([]);
  const changes: TargetChanges = { tls: 'implicit', timeouts: { connectMs: 15, tlsMs: 15 } };
  await assert.rejects(openClient(upstream.port, changes), { code: 'UPSTREAM_TIMEOUT' });

  await using stls = await startScriptedUpstream([...upToStls, send('+OK\r\n')]);
  await assert.rejects(
    openClient(stls.port, { tls: 'stls', timeouts: { replyMs: 1000, tlsMs: 500 } }),
    { code: 'UPSTREAM_TIMEOUT' },
  );
  await stls.done();
});

const otherNames = { expected: 'localhost', names: 'DNS:pop.wrong-name.example' };
const badPapers = [
  ['another host', certificates.wrongName, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['yesterday', certificates.expired, 'CERT_HAS_EXPIRED'],
  ['an unknown issuer', certificates.unknownIssuer, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
] as const;

for (const [whose, certificate, reason] of badPapers) {
  const expected = {
    code: 'UPSTREAM_CERTIFICATE',
    responseCode: 'SYS/PERM',
    details: reason.startsWith('ERR_TLS') ? { reason, ...otherNames } : { reason },
  };

  test(`a certificate of ${whose} is refused under implicit TLS`, async () => {
    await openInVain([secureInVain(certificate)], expected, { tls: 'implicit' });
  });

  test(`a certificate of ${whose} is refused after STLS`, async () => {
    const script: Script = [...upToStls, send('+OK\r\n'), secureInVain(certificate)];
    await openInVain(script, expected, { tls: 'stls' });
  });
}

test('a name is demanded of the certificate even where the address would fit', async () => {
  await openInVain(
    [secureInVain(certificates.server)],
    { code: 'UPSTREAM_CERTIFICATE' },
    { tls: 'implicit', serverName: 'pop.example' },
  );
});

test('an address is demanded of the certificate even where the host would fit', async () => {
  await openInVain(
    [secureInVain(certificates.server)],
    { code: 'UPSTREAM_CERTIFICATE' },
    { tls: 'implicit', host: 'localhost', serverName: '192.0.2.1' },
  );
});

test('without verification any certificate will do', async () => {
  const script: Script = [secure(certificates.expired), send('+OK\r\n'), ...afterTls, ...login];
  await logInTo(script, { tls: 'implicit', verify: 'none' });
});

test('a server that has nothing newer than TLS 1.1 is refused', async () => {
  const old = {
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  } as const;
  await openInVain(
    [secureInVain(certificates.server, old)],
    { code: 'UPSTREAM_TLS' },
    { tls: 'implicit' },
  );
});

test('a server without TLS 1.3 is refused where that is demanded, and else not', async () => {
  const old = { maxVersion: 'TLSv1.2' } as const;
  await openInVain(
    [secureInVain(certificates.server, old)],
    { code: 'UPSTREAM_TLS' },
    { tls: 'implicit', minTlsVersion: 'TLSv1.3' },
  );
  const script: Script = [secure(certificates.server, old), send('+OK\r\n'), ...afterTls, ...login];
  await logInTo(script, { tls: 'implicit' });
});
