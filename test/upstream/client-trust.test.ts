import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createServer } from 'node:tls';
import { AppError } from '../../src/base/errors.ts';
import type { CertificateConfig } from '../../src/config/schema.ts';
import { pinOf } from '../../src/tls/pinned-key.ts';
import { type TemporaryFolder, temporaryFolder } from '../helpers/process.ts';
import {
  expect,
  expectEnd,
  type Script,
  secure,
  secureInVain,
  send,
  startScriptedUpstream,
} from '../helpers/scripted-upstream.ts';
import type { Certificate } from '../helpers/test-certificates.ts';
import { certificates, openClient, type TargetChanges } from './target.ts';

function pin({ certPem }: Certificate): string {
  return pinOf(new X509Certificate(certPem));
}

const { server, wrongName, expired, unknownIssuer } = certificates;
const greeted: Script = [send('+OK\r\n'), expect('CAPA'), send('-ERR\r\n'), expectEnd()];
const upToStls: Script = [
  send('+OK\r\n'),
  expect('CAPA'),
  send('+OK\r\nSTLS\r\n.\r\n'),
  expect('STLS'),
  send('+OK\r\n'),
];

interface Case {
  readonly what: string;
  readonly shown: Certificate;
  readonly changes: TargetChanges;
  /** Undefined where the server is trusted. */
  readonly reason?: string;
}

const cases: readonly Case[] = [
  { what: 'the pinned key', shown: server, changes: { pins: [pin(server)] } },
  {
    what: 'one of the pinned keys',
    shown: server,
    changes: { pins: [pin(expired), pin(server)] },
  },
  {
    what: 'another key, verified in full',
    shown: server,
    changes: { pins: [pin(expired)] },
    reason: 'PINNED_KEY_MISMATCH',
  },
  {
    what: 'the pinned key in an expired certificate',
    shown: expired,
    changes: { pins: [pin(expired)] },
    reason: 'CERT_HAS_EXPIRED',
  },
  {
    what: 'the pinned key for another name',
    shown: wrongName,
    changes: { pins: [pin(wrongName)] },
    reason: 'ERR_TLS_CERT_ALTNAME_INVALID',
  },
  ...[expired, wrongName, unknownIssuer].map((shown) => ({
    what: `nothing but the pinned key (${pin(shown)})`,
    shown,
    changes: { verify: 'pin', pins: [pin(shown)] } as const,
  })),
  {
    what: 'another key, and nothing but that is looked at',
    shown: server,
    changes: { verify: 'pin', pins: [pin(expired)] },
    reason: 'PINNED_KEY_MISMATCH',
  },
];

for (const { what, shown, changes, reason } of cases) {
  for (const tls of ['implicit', 'stls'] as const) {
    test(`${what} is ${reason === undefined ? 'trusted' : 'refused'} under ${tls}`, async () => {
      const before = tls === 'stls' ? upToStls : [];
      const rest = reason === undefined ? [secure(shown), ...stlsOr(tls)] : [secureInVain(shown)];
      await using upstream = await startScriptedUpstream([...before, ...rest]);
      const opening = openClient(upstream.port, { tls, ...changes });
      if (reason === undefined) {
        (await opening).close();
      } else {
        await assert.rejects(opening, (error) => {
          assert(error instanceof AppError);
          assert.equal(error.code, 'UPSTREAM_CERTIFICATE');
          assert.equal(error.details['reason'], reason);
          return true;
        });
      }
      await upstream.done();
    });
  }
}

/** After STLS there is no second greeting (RFC 2595 s.4). */
function stlsOr(tls: 'implicit' | 'stls'): Script {
  return tls === 'implicit' ? greeted : greeted.slice(1);
}

let folder: TemporaryFolder;
let ours: CertificateConfig;

before(async () => {
  folder = await temporaryFolder('client-trust');
  ours = {
    certFile: join(folder.path, 'cert.pem'),
    keyFile: join(folder.path, 'key.pem'),
    passphrase: undefined,
  };
  await writeFile(ours.certFile, wrongName.certPem);
  await writeFile(ours.keyFile, wrongName.keyPem);
});

after(() => folder[Symbol.asyncDispose]());

/** A server that lets in nobody without a certificate of the authority. */
async function connectTo(
  maxVersion: 'TLSv1.2' | 'TLSv1.3',
  certificate: CertificateConfig | undefined,
): Promise<string | undefined> {
  let seen: string | undefined;
  const mutual = createServer(
    {
      cert: server.certPem,
      key: server.keyPem,
      ca: certificates.caPem,
      requestCert: true,
      // Those of the tests are for servers only.
      rejectUnauthorized: certificate === undefined,
      maxVersion,
    },
    (socket) => {
      seen = socket.getPeerX509Certificate()?.subject;
      socket.on('error', () => {}).write('+OK\r\n');
      socket.once('data', () => socket.write('-ERR\r\n'));
    },
  );
  mutual.listen(0, '127.0.0.1');
  await once(mutual, 'listening');
  try {
    const address = mutual.address();
    assert(address !== null && typeof address === 'object');
    (await openClient(address.port, { tls: 'implicit', certificate })).close();
    return seen;
  } finally {
    mutual.close();
  }
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`a server that asks for a certificate is shown ours over ${version}`, async () => {
    assert.equal(await connectTo(version, ours), 'CN=pop.wrong-name.example');
  });

  test(`a server that demands a certificate has none to see over ${version}`, async () => {
    await assert.rejects(connectTo(version, undefined), (error) => {
      assert(error instanceof AppError);
      // Node's own server ends the connection without an alert.
      assert.match(error.code, /^UPSTREAM_(?:TLS|LOST)$/);
      return true;
    });
  });
}

test('an upstream without the TLS version that is required is refused for good', async () => {
  await using upstream = await startScriptedUpstream([
    secureInVain(server, { maxVersion: 'TLSv1.2' }),
  ]);
  const opening = openClient(upstream.port, { tls: 'implicit', minTlsVersion: 'TLSv1.3' });
  await assert.rejects(opening, (error) => {
    assert(error instanceof AppError);
    assert.equal(error.code, 'UPSTREAM_TLS');
    assert.equal(error.responseCode, 'SYS/PERM');
    assert.match(error.publicText, /TLS version/);
    return true;
  });
});

test('an upstream that speaks plain text where TLS is wanted is told apart', async () => {
  await using upstream = await startScriptedUpstream([send('+OK hello\r\n'), expectEnd()]);
  await assert.rejects(openClient(upstream.port, { tls: 'implicit' }), (error) => {
    assert(error instanceof AppError);
    assert.equal(error.code, 'UPSTREAM_TLS');
    assert.match(error.publicText, /does not speak TLS/);
    return true;
  });
});
