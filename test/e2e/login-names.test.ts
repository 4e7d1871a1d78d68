// Names as users of p3scan and POPFile have them, through a running proxy to a real server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dovecotMissing, type RunningDovecot, startDovecot } from '../helpers/dovecot.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { type PosternInProcess, startPostern } from '../helpers/postern.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const person = { name: 'ann@example.net', password: 'secret' };
const message = Buffer.from('Subject: one\r\n\r\nText\r\n');

let dovecot: RunningDovecot;
let postern: PosternInProcess;

before(async () => {
  if (dovecotMissing() !== undefined) return;
  dovecot = await startDovecot({ users: [person], tls: certificates.server });
  await dovecot.deliver(person.name, [message]);
  const reached = { ca: './ca.pem', server_name: 'localhost' };
  const targets = { allow: ['127.0.0.1'], ports: [dovecot.pop3sPort, 995] };
  const named = { ...reached, from: 'login_name' };
  postern = await startPostern({
    upstream: { port: 1, tls: 'none' },
    certificates,
    settings: {
      routes: [
        { name: 'p3scan', login_name: { form: 'user-host' }, upstream: named, targets },
        { name: 'popfile', login_name: { form: 'host-user' }, upstream: named, targets },
        {
          name: 'table',
          login_name: { rewrite: [{ append_domain: 'example.net' }, { lower_case: 'all' }] },
          upstream: { ...reached, table: { ANN: `127.0.0.1:${dovecot.pop3sPort}` } },
        },
      ],
    },
  });
});

after(async () => {
  await postern?.stop();
  await dovecot?.stop();
});

async function logIn(user: string): Promise<string> {
  const client = await Pop3Client.connect({ port: postern.port('none') });
  await client.command(`USER ${user}`);
  const reply = await client.command(`PASS ${person.password}`);
  if (reply.startsWith('+OK')) {
    assert.match((await client.multiline('RETR 1')).body.toString(), /Subject: one/);
  }
  await client.command('QUIT');
  return reply;
}

test('each form of a name leads to the same mailbox', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  const { pop3sPort } = dovecot;
  for (const user of [
    `${person.name}#127.0.0.1:${pop3sPort}`,
    `127.0.0.1:${pop3sPort}:${person.name}:ssl`,
    'ANN',
  ]) {
    assert.match(await logIn(user), /^\+OK/, user);
  }
});

test('a name that asks for a server which is not allowed connects to none', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  for (const server of ['169.254.169.254', '127.0.0.1:22', 'localhost', '[::1]', '127.0.0.2']) {
    assert.equal(
      await logIn(`${person.name}#${server}`),
      '-ERR [SYS/PERM] this mail server may not be used from here',
      server,
    );
  }
});

test('a name without a server, and without an entry, has no route', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  assert.equal(await logIn('kim'), '-ERR [SYS/PERM] no mail server is configured for this login');
});
