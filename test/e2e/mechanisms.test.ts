// Each way to log in, from a client through the proxy to a real server that knows them all.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AppError } from '../../src/base/errors.ts';
import { keepsSecret, type LoginMethod, loginMethods } from '../../src/config/login-methods.ts';
import { type AccessTokens, makeAccessTokens } from '../helpers/access-tokens.ts';
import { dovecotMissing, type RunningDovecot, startDovecot } from '../helpers/dovecot.ts';
import { type ClientTls, Pop3Client } from '../helpers/pop3-client.ts';
import { type PosternInProcess, startPostern } from '../helpers/postern.ts';
import { eventually } from '../helpers/process.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const user = 'ann@example.net';
/** Octets as the strict client writes them: blanks, signs of SASL's own, and UTF-8. */
const password = Buffer.from('two  words, 100%=grün ').toString('latin1');
const message = Buffer.from('Subject: one\r\n\r\nText\r\n');

const allMechanisms = 'plain login cram-md5 scram-sha-1 scram-sha-256 apop xoauth2 oauthbearer';
/** The name in the server's log, where it is not that of the configuration in upper case. */
const loggedNames: Partial<Record<LoginMethod, string>> = {
  'auth-plain': 'PLAIN',
  'auth-login': 'LOGIN',
  'user-pass': 'PLAIN',
};

let dovecot: RunningDovecot;
let tokens: AccessTokens;

function startServer(mechanisms: string, extraConfig = ''): Promise<RunningDovecot> {
  return startDovecot({
    users: [{ name: user, password: Buffer.from(password, 'latin1').toString() }],
    tls: certificates.server,
    extraConfig: `auth_mechanisms = ${mechanisms}\n${extraConfig}`,
  });
}

before(async () => {
  if (dovecotMissing() !== undefined) return;
  tokens = await makeAccessTokens();
  dovecot = await startServer(allMechanisms, tokens.dovecotConfig);
  await dovecot.deliver(user, [message]);
});

after(async () => {
  await dovecot?.stop();
  await tokens?.[Symbol.asyncDispose]();
});

interface Leg {
  readonly server: RunningDovecot;
  readonly tls: ClientTls;
  readonly login?: LoginMethod | 'auto' | readonly LoginMethod[];
}

function startProxy({ server, tls, login = 'auto' }: Leg): Promise<PosternInProcess> {
  const port = tls === 'implicit' ? server.pop3sPort : server.pop3Port;
  const upstream = {
    host: '127.0.0.1',
    port,
    tls,
    login,
    ca: './ca.pem',
    server_name: 'localhost',
  };
  return startPostern({
    upstream: { port, tls },
    certificates,
    settings: { routes: [{ name: 'test', upstream }] },
  });
}

/** Logs in through the proxy; gives the reply to the password. */
async function logIn(postern: PosternInProcess, secret: string): Promise<string> {
  const client = await Pop3Client.connect({ port: postern.port('none') });
  assert.match(await client.command(`USER ${user}`), /^\+OK/);
  const reply = await client.command(`PASS ${secret}`);
  if (reply.startsWith('+OK')) {
    assert.deepEqual((await client.multiline('RETR 1')).body, message);
  }
  await client.command('QUIT');
  await client.closed;
  return reply;
}

/** Matches in what the server has logged since `mark`; it logs when it finds the time. */
function logged(server: RunningDovecot, mark: number, pattern: RegExp): Promise<string[]> {
  return eventually(`the server logs ${pattern}`, async () => {
    const found = [...(await server.log()).slice(mark).matchAll(pattern)];
    return found.length === 0 ? undefined : found.map(([, name]) => name ?? '');
  });
}

async function logMark(server: RunningDovecot): Promise<number> {
  return (await server.log()).length;
}

const loginLine = /: Login: user=<[^>]*>, method=([^,]+),/g;
const failureLine = /\(auth failed, (\d+) attempts/g;

for (const login of loginMethods) {
  const isToken = login === 'xoauth2' || login === 'oauthbearer';
  const legs: readonly ClientTls[] = keepsSecret(login)
    ? ['none', 'implicit']
    : ['stls', 'implicit'];
  for (const tls of legs) {
    test(`${login} logs in, upstream leg ${tls}`, async (t) => {
      if (!needs(t, dovecotMissing())) return;
      await using postern = await startProxy({ server: dovecot, tls, login });
      const mark = await logMark(dovecot);
      assert.match(await logIn(postern, isToken ? tokens.tokenOf(user) : password), /^\+OK/);
      assert.deepEqual(await logged(dovecot, mark, loginLine), [
        loggedNames[login] ?? login.toUpperCase(),
      ]);
    });
  }

  test(`${login} with a wrong password is refused after one attempt`, async (t) => {
    if (!needs(t, dovecotMissing())) return;
    await using postern = await startProxy({ server: dovecot, tls: 'implicit', login });
    const mark = await logMark(dovecot);
    const wrong = isToken ? `${tokens.tokenOf(user)}x` : `${password}x`;
    assert.match(await logIn(postern, wrong), /^-ERR \[AUTH\] /);
    assert.deepEqual(await logged(dovecot, mark, failureLine), ['1']);
    const refused = postern.logLines.find(({ text }) => text === 'login refused');
    const error = refused?.fields['err'];
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'UPSTREAM_LOGIN_REFUSED');
  });
}

const offers: readonly [mechanisms: string, tls: ClientTls, method: string][] = [
  [allMechanisms, 'implicit', 'SCRAM-SHA-256'],
  ['plain login cram-md5 scram-sha-1', 'implicit', 'SCRAM-SHA-1'],
  ['plain login cram-md5', 'stls', 'CRAM-MD5'],
  ['plain login cram-md5', 'none', 'CRAM-MD5'],
  ['plain login apop', 'implicit', 'PLAIN'],
  ['plain login apop', 'none', 'APOP'],
  ['login', 'implicit', 'LOGIN'],
];

for (const [mechanisms, tls, method] of offers) {
  test(`auto takes ${method} of ${mechanisms}, upstream leg ${tls}`, async (t) => {
    if (!needs(t, dovecotMissing())) return;
    const extra = mechanisms === allMechanisms ? tokens.dovecotConfig : '';
    await using server = await startServer(mechanisms, extra);
    await server.deliver(user, [message]);
    await using postern = await startProxy({
      server,
      tls,
      // The configuration refuses plain `auto`; this is what auto comes to without a password.
      ...(tls === 'none' ? { login: loginMethods.filter(keepsSecret) } : {}),
    });
    assert.match(await logIn(postern, password), /^\+OK/);
    assert.deepEqual(await logged(server, 0, loginLine), [method]);
  });
}
