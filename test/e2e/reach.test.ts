// How real servers are reached: several of them behind one route, and one that is told who the client is.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { pinOf } from '../../src/tls/pinned-key.ts';
import { dovecotMissing, startDovecot } from '../helpers/dovecot.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { startPostern } from '../helpers/postern.ts';
import { eventually, freePort } from '../helpers/process.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const users = ['kim', 'ann', 'bob', 'eve', 'joe', 'lea'].map((name) => ({ name, password: 'pw' }));
const letter = Buffer.from('Subject: hello\r\n\r\nworld\r\n');

async function logIn(port: number, user: string): Promise<Pop3Client> {
  const client = await Pop3Client.connect({ port });
  await client.login(user, 'pw');
  return client;
}

test('while one of two servers is down, all accounts are served by the other, and no password goes to it twice', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  await using one = await startDovecot({ users, tls: certificates.server });
  await one.deliver('kim', [letter]);
  await using postern = await startPostern({
    upstream: { port: one.pop3sPort, tls: 'implicit' },
    certificates,
    settings: {
      routes: [
        {
          name: 'test',
          upstream: {
            // Nobody listens on the second.
            host: ['127.0.0.1', '127.0.0.2'],
            server_name: 'localhost',
            port: one.pop3sPort,
            ca: './ca.pem',
            pins: [pinOf(new X509Certificate(certificates.server.certPem))],
          },
        },
      ],
    },
  });
  for (const { name } of users) {
    const client = await logIn(postern.port('none'), name);
    assert.match(await client.command('STAT'), name === 'kim' ? /^\+OK 1 / : /^\+OK 0 /);
    assert.match(await client.command('QUIT'), /^\+OK/);
  }
  const failures = postern.logLines.filter(({ text }) => text === 'upstream host is passed over');
  assert.equal(failures.length, 1);
  const wrong = await Pop3Client.connect({ port: postern.port('none') });
  await wrong.command('USER kim');
  assert.match(await wrong.command('PASS other'), /^-ERR \[AUTH\]/);
  wrong.destroy();
  const attempts = await eventually('the server has logged the wrong password', async () => {
    return (await one.log()).match(/auth failed, \d+ attempts[^\n]*user=<kim>/g) ?? undefined;
  });
  assert.equal(attempts.length, 1);
  assert.match(attempts.join(), /auth failed, 1 attempts/);
});

for (const version of ['v1', 'v2']) {
  for (const tls of ['none', 'implicit'] as const) {
    test(`Dovecot is told who the client is by ${version}, with tls ${tls}`, async (t) => {
      if (!needs(t, dovecotMissing())) return;
      const port = await freePort();
      await using dovecot = await startDovecot({
        users,
        tls: certificates.server,
        extraConfig: `haproxy_trusted_networks = 127.0.0.0/8
login_trusted_networks =
service pop3-login {
  inet_listener introduced {
    port = ${port}
    haproxy = yes
    ssl = ${tls === 'none' ? 'no' : 'yes'}
  }
}`,
      });
      await using postern = await startPostern({
        upstream: { port, tls },
        certificates,
        settings: {
          routes: [
            {
              name: 'test',
              upstream: {
                host: 'localhost',
                port,
                tls,
                proxy_protocol: version,
                ...(tls === 'none' ? { allow_plaintext_login: true } : { ca: './ca.pem' }),
              },
            },
          ],
        },
      });
      // Another address than Postern's own.
      const client = await Pop3Client.connect({
        port: postern.port('none'),
        localAddress: '127.0.0.9',
      });
      await client.login('kim', 'pw');
      await client.command('QUIT');
      const seen = await eventually('the server has logged the login', async () => {
        return (
          /Login: user=<kim>[^\n]*rip=([^,]+), lip=([^,]+)/.exec(await dovecot.log()) ?? undefined
        );
      });
      assert.equal(seen[1], '127.0.0.9');
      assert.equal(seen[2], '127.0.0.1');
    });
  }
}
