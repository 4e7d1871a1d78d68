// Each kind of listener, looked at from outside with OpenSSL and testssl.sh.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { type RunningApp, startApp } from '../../src/app/start-app.ts';
import { loadConfig } from '../../src/config/load.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { findProgram, run, temporaryFolder } from '../helpers/process.ts';
import { recordingLogger } from '../helpers/recording-logger.ts';
import { needs } from '../helpers/requirement.ts';
import { certificateFor } from '../helpers/test-certificates.ts';

const listeners = `
  - {name: implicit, port: 0, tls: implicit, certificate: {cert: ec.pem, key: ec-key.pem},
     certificates: [{cert: rsa.pem, key: rsa-key.pem}, {cert: other.pem, key: other-key.pem}]}
  - {name: stls, port: 0, tls: stls, plain_login: refused, certificate: {cert: ec.pem, key: ec-key.pem}}
  - {name: legacy, port: 0, tls: implicit, tls_profile: legacy, networks: [127.0.0.0/8],
     certificate: {cert: rsa.pem, key: rsa-key.pem}}
  - {name: elsewhere, port: 0, tls: stls, tls_profile: legacy, networks: [192.0.2.0/24]}
`;
const yaml = `listeners:${listeners}routes:
  - {name: default, upstream: {host: 127.0.0.1, port: 9, tls: none, allow_plaintext_login: true}}
`;

let app: RunningApp;
let folder = '';

before(async () => {
  folder = (await temporaryFolder('postern-tls')).path;
  const certificates = {
    ec: certificateFor(['pop.example', '*.pop.example']),
    rsa: certificateFor(['pop.example', '*.pop.example'], { key: 'rsa' }),
    other: certificateFor(['pop.other.example']),
  };
  for (const [name, { certPem, keyPem }] of Object.entries(certificates)) {
    await writeFile(join(folder, `${name}.pem`), certPem);
    await writeFile(join(folder, `${name}-key.pem`), keyPem);
  }
  await writeFile(join(folder, 'postern.yaml'), yaml);
  const loaded = await loadConfig(join(folder, 'postern.yaml'));
  app = await startApp(loaded, { log: recordingLogger() });
});

after(() => app.stop());

function portOf(listener: string): number {
  const found = app.listeners.find(({ name }) => name === listener);
  assert.ok(found);
  return found.port;
}

function programMissing(name: string): string | undefined {
  return findProgram(name) === undefined ? `${name} is not installed` : undefined;
}

/** What `openssl s_client` says of a handshake; its security level lets it try everything. */
async function handshake(listener: string, ...options: readonly string[]): Promise<string> {
  const starttls = ['stls', 'elsewhere'].includes(listener) ? ['-starttls', 'pop3'] : [];
  const to = ['s_client', '-connect', `127.0.0.1:${portOf(listener)}`, ...starttls];
  const { stdout, stderr } = await run('openssl', [
    ...to,
    '-cipher',
    'ALL:@SECLEVEL=0',
    ...options,
  ]);
  return `${stdout.toString('latin1')}\n${stderr}`;
}

const accepted = /^New, TLSv1.*Cipher is (?!\(NONE\))/m;
const wrongVersion = /alert protocol version/;

for (const listener of ['implicit', 'stls']) {
  test(`${listener}: TLS 1.0 and 1.1 are refused, 1.2 and 1.3 are spoken`, async (t) => {
    if (!needs(t, programMissing('openssl'))) return;
    for (const version of ['-tls1', '-tls1_1']) {
      assert.match(await handshake(listener, version), wrongVersion);
    }
    for (const version of ['-tls1_2', '-tls1_3']) {
      assert.match(await handshake(listener, version), accepted);
    }
  });

  test(`${listener}: ciphers without forward secrecy or with CBC are refused`, async (t) => {
    if (!needs(t, programMissing('openssl'))) return;
    for (const cipher of [
      'AES128-GCM-SHA256',
      'ECDHE-ECDSA-AES128-SHA',
      'DHE-RSA-AES128-GCM-SHA256',
    ]) {
      const said = await handshake(listener, '-tls1_2', '-cipher', `${cipher}:@SECLEVEL=0`);
      assert.match(said, /alert handshake failure/);
    }
  });

  test(`${listener}: foreign protocols are refused with an alert, POP3 is not`, async (t) => {
    if (!needs(t, programMissing('openssl'))) return;
    assert.match(await handshake(listener, '-alpn', 'pop3'), /ALPN protocol: pop3/);
    assert.match(await handshake(listener), accepted);
    for (const protocols of ['http/1.1', 'h2,http/1.1', 'imap', 'smtp']) {
      assert.match(await handshake(listener, '-alpn', protocols), /SSL alert number 120/);
    }
  });
}

test('a listener for old clients speaks TLS 1.0 with old ciphers, and new TLS as well', async (t) => {
  if (!needs(t, programMissing('openssl'))) return;
  assert.match(
    await handshake('legacy', '-tls1'),
    /Protocol *: TLSv1\n[\s\S]*Cipher *: ECDHE-RSA-AES256-SHA/,
  );
  const old = await handshake('legacy', '-tls1', '-cipher', 'AES128-SHA:@SECLEVEL=0');
  assert.match(old, /Cipher *: AES128-SHA\n/);
  assert.match(await handshake('legacy', '-tls1_3'), accepted);
});

test('a listener for other networks cuts whoever comes from elsewhere, without a word', async () => {
  const socket = connectTcp(portOf('elsewhere'), '127.0.0.1');
  socket.on('error', () => {});
  assert.equal(await text(socket), '');
});

test('of one name the ECDSA certificate is shown, the RSA one to whoever can do no other', async (t) => {
  if (!needs(t, programMissing('openssl'))) return;
  for (const version of ['-tls1_2', '-tls1_3']) {
    const name = ['-servername', 'a.pop.example', version];
    const rsaFirst = await handshake(
      'implicit',
      ...name,
      '-sigalgs',
      'RSA-PSS+SHA256:ECDSA+SHA256',
    );
    assert.match(rsaFirst, /Peer signature type: ECDSA/);
    const rsaOnly = await handshake('implicit', ...name, '-sigalgs', 'RSA-PSS+SHA256');
    assert.match(rsaOnly, /Peer signature type: RSA-PSS/);
  }
});

const shown: readonly (readonly [servername: string | undefined, subject: string])[] = [
  ['pop.other.example', 'pop.other.example'],
  ['POP.Other.Example.', 'pop.other.example'],
  ['pop.example', 'pop.example'],
  ['a.pop.example', 'pop.example'],
  ['a.b.pop.example', 'pop.example'],
  ['unknown.example', 'pop.example'],
  ['192.0.2.1', 'pop.example'],
  [undefined, 'pop.example'],
];

for (const [servername, subject] of shown) {
  test(`who asks for ${servername ?? 'no name'} sees the certificate of ${subject}`, async (t) => {
    if (!needs(t, programMissing('openssl'))) return;
    const asked = servername === undefined ? ['-noservername'] : ['-servername', servername];
    assert.match(await handshake('implicit', ...asked), new RegExp(`subject=CN ?= ?${subject}\n`));
  });
}

test('nobody logs in without encryption where that is refused', async () => {
  const client = await Pop3Client.connect({ port: portOf('stls') });
  assert.match(await client.command('USER kim'), /^-ERR .*login needs encryption/);
  assert.match(await client.command('QUIT'), /^\+OK/);
  await client.closed;
});

test('HTTP on a port for TLS is cut', async () => {
  const socket = connectTcp(portOf('implicit'), '127.0.0.1');
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  assert.doesNotMatch(await text(socket), /HTTP|OK|ERR/);
});

test('HTTP behind STLS is cut', async () => {
  const plain = connectTcp(portOf('stls'), '127.0.0.1');
  await once(plain, 'data');
  plain.write('STLS\r\n');
  await once(plain, 'data');
  const secured = connectTls({ socket: plain, rejectUnauthorized: false });
  secured.on('error', () => {});
  secured.write('POST / HTTP/1.1\r\nHost: x\r\n\r\nUSER kim\r\n');
  assert.equal(await text(secured), '');
});

interface Finding {
  readonly id: string;
  readonly severity: string;
  readonly finding: string;
}

/** What testssl.sh finds about versions, ciphers, renegotiation and compression. */
async function findingsOf(listener: string): Promise<readonly Finding[]> {
  const file = join(folder, `${listener}.json`);
  const starttls = listener === 'stls' ? ['--starttls', 'pop3'] : [];
  const quiet = ['--quiet', '--color', '0', '--warnings', 'off', '--ip', 'one', '--jsonfile', file];
  const checks = ['--protocols', '--std', '--renegotiation', '--crime'];
  const to = `127.0.0.1:${portOf(listener)}`;
  await run('testssl', [...quiet, ...checks, ...starttls, to], { cwd: folder, limitMs: 250_000 });
  return JSON.parse(await readFile(file, 'utf8')) as Finding[];
}

async function inspect(listener: string): Promise<void> {
  const findings = await findingsOf(listener);
  const said = (id: string) => findings.find((each) => each.id === id)?.finding ?? '';
  const isOld = listener === 'legacy';
  for (const id of ['SSLv2', 'SSLv3']) assert.match(said(id), /^not offered/);
  for (const id of ['TLS1', 'TLS1_1']) assert.match(said(id), isOld ? /^offered/ : /^not offered/);
  for (const id of ['TLS1_2', 'TLS1_3']) assert.match(said(id), /^offered/);
  const bad = findings.filter(({ severity }) => ['MEDIUM', 'HIGH', 'CRITICAL'].includes(severity));
  const meant = isOld ? ['cipherlist_3DES_IDEA'] : [];
  assert.deepEqual(
    bad.map(({ id }) => id).filter((id) => !meant.includes(id)),
    [],
  );
}

test('testssl.sh finds what was meant, and nothing worse', { concurrency: 3 }, async (t) => {
  if (!needs(t, programMissing('testssl'))) return;
  const all = ['implicit', 'stls', 'legacy'];
  await Promise.all(all.map((listener) => t.test(listener, () => inspect(listener))));
});
