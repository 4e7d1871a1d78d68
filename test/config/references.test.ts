import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { inspect } from 'node:util';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigError, formatProblem } from '../../src/config/problem.ts';
import type { Config } from '../../src/config/schema.ts';
import { type TemporaryFolder, temporaryFolder } from '../helpers/process.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const passphrase = 'correct horse';
let folder: TemporaryFolder;

before(async () => {
  folder = await temporaryFolder('references');
  const { server, wrongName, caPem } = makeTestCertificates();
  const lockedKey = createPrivateKey(server.keyPem).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase,
  });
  const files = {
    'cert.pem': server.certPem,
    'key.pem': server.keyPem,
    'locked.pem': lockedKey,
    'other-key.pem': wrongName.keyPem,
    'ca.pem': caPem,
    'two-ca.pem': `first\n${caPem}second\n${server.certPem}`,
    'broken-ca.pem': `${caPem}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
    'text.pem': 'hello\n',
    'passphrase.txt': `${passphrase}\n`,
    'passphrase-crlf.txt': `${passphrase}\r\n`,
    'two-newlines.txt': `${passphrase}\n\n`,
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder.path, name), content);
  }
  await mkdir(join(folder.path, 'sub'));
});

after(() => folder[Symbol.asyncDispose]());

let count = 0;

/** Writes a configuration with these lines and loads it. */
async function load(certificate: string, upstream = '', env = {}): Promise<Config> {
  const file = join(folder.path, `${count++}.yaml`);
  const yaml = `listeners:
  - name: a
    port: 0
    tls: stls
    certificate: {${certificate}}
routes:
  - name: r
    upstream: {host: a.example${upstream}}
`;
  await writeFile(file, yaml);
  const { config } = await loadConfig(file, env);
  return config;
}

async function problemsOf(certificate: string, upstream = '', env = {}): Promise<string[]> {
  try {
    await load(certificate, upstream, env);
  } catch (error) {
    assert(error instanceof ConfigError);
    // The folder is a different one each time.
    return error.problems
      .map(formatProblem)
      .map((line) => line.replaceAll(`${folder.path}/`, '').replace(/^\d+\.yaml:/, ''));
  }
  return [];
}

const goodPair = 'cert: cert.pem, key: key.pem';

test('certificate and key come out as absolute paths', async () => {
  const { listeners } = await load(goodPair);
  assert.deepEqual(listeners[0]?.certificates[0], {
    certFile: join(folder.path, 'cert.pem'),
    keyFile: join(folder.path, 'key.pem'),
    passphrase: undefined,
  });
});

const env = { KEY_PASS: passphrase };

for (const [where, source] of [
  ['the configuration itself', passphrase],
  ['the environment', '{env: KEY_PASS}'],
  ['a file', '{file: passphrase.txt}'],
  ['a file with a CRLF line end', '{file: passphrase-crlf.txt}'],
]) {
  test(`a passphrase is taken from ${where} and never shown`, async () => {
    const pair = `cert: cert.pem, key: locked.pem, passphrase: ${source}`;
    const config = await load(pair, '', env);
    const secret = config.listeners[0]?.certificates[0]?.passphrase;
    assert.equal(secret?.reveal().toString(), passphrase);
    for (const shown of [JSON.stringify(config), inspect(config, { depth: 10 })]) {
      assert(!shown.includes(passphrase));
    }
  });
}

const bad: readonly (readonly [
  what: string,
  certificate: string,
  upstream: string,
  problems: string[],
])[] = [
  [
    'a certificate that does not exist',
    'cert: none.pem, key: key.pem',
    '',
    ['5:25: listeners[0].certificate.cert: no such file: none.pem'],
  ],
  [
    'a folder instead of a key',
    'cert: cert.pem, key: sub',
    '',
    ['5:40: listeners[0].certificate.key: expected a file, but this is a folder: sub'],
  ],
  [
    'a certificate that is none',
    'cert: text.pem, key: key.pem',
    '',
    ['5:25: listeners[0].certificate.cert: expected a file with a certificate in PEM form'],
  ],
  [
    'a key that is none',
    'cert: cert.pem, key: cert.pem',
    '',
    ['5:40: listeners[0].certificate.key: expected a file with a private key in PEM form'],
  ],
  [
    'the key of another certificate',
    'cert: cert.pem, key: other-key.pem',
    '',
    [
      '5:40: listeners[0].certificate.key: expected the private key of the certificate, but it is of another',
    ],
  ],
  [
    'a locked key without a passphrase',
    'cert: cert.pem, key: locked.pem',
    '',
    ['5:40: listeners[0].certificate.key: this key needs a passphrase'],
  ],
  [
    'a wrong passphrase',
    'cert: cert.pem, key: locked.pem, passphrase: {file: two-newlines.txt}',
    '',
    [
      '5:40: listeners[0].certificate.key: expected a file with a private key in PEM form that this passphrase opens',
    ],
  ],
  [
    'a variable that is not set',
    'cert: cert.pem, key: locked.pem, passphrase: {env: NOWHERE}',
    '',
    ['5:70: listeners[0].certificate.passphrase.env: environment variable NOWHERE is not set'],
  ],
  [
    'a secret file that does not exist',
    'cert: cert.pem, key: locked.pem, passphrase: {file: none.txt}',
    '',
    ['5:71: listeners[0].certificate.passphrase.file: no such file: none.txt'],
  ],
  [
    'a certificate for a server, with a key of another',
    goodPair,
    ', certificate: {cert: cert.pem, key: other-key.pem}',
    [
      '8:68: routes[0].upstream.certificate.key: expected the private key of the certificate, but it is of another',
    ],
  ],
  [
    'authorities that do not exist',
    goodPair,
    ', ca: none.pem',
    ['8:37: routes[0].upstream.ca: no such file: none.pem'],
  ],
  [
    'authorities that are none',
    goodPair,
    ', ca: text.pem',
    ['8:37: routes[0].upstream.ca: expected a file with a certificate in PEM form'],
  ],
  [
    'one broken authority among others',
    goodPair,
    ', ca: broken-ca.pem',
    ['8:37: routes[0].upstream.ca: expected a file with a certificate in PEM form'],
  ],
];

for (const [what, certificate, upstream, problems] of bad) {
  test(`${what} is answered with its line`, async () => {
    assert.deepEqual(await problemsOf(certificate, upstream), problems);
  });
}

test('a file of several authorities with text between them is accepted', async () => {
  const { routes } = await load(goodPair, ', ca: two-ca.pem');
  assert.equal(routes[0]?.upstream.caFile, join(folder.path, 'two-ca.pem'));
});

test('an empty variable counts as not set', async () => {
  const pair = 'cert: cert.pem, key: locked.pem, passphrase: {env: EMPTY}';
  const [problem] = await problemsOf(pair, '', { EMPTY: '' });
  assert.match(problem ?? '', /environment variable EMPTY is not set/);
});
