// Mail through the whole proxy with a real rspamd: what a mail program gets to see of it, also when rspamd
// is gone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dovecotMissing, type RunningDovecot, startDovecot } from '../helpers/dovecot.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { type PosternInProcess, startPostern } from '../helpers/postern.ts';
import { freePort } from '../helpers/process.ts';
import { needs } from '../helpers/requirement.ts';
import { type RunningRspamd, rspamdMissing, startRspamd } from '../helpers/rspamd.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const password = 'secret';
const missing = dovecotMissing() ?? rspamdMissing();

let rspamd: RunningRspamd;
let dovecot: RunningDovecot;

before(async () => {
  if (missing !== undefined) return;
  const milter = 'use = ["x-spamd-bar"];\nextended_spam_headers = true;\nskip_local = false;\n';
  rspamd = await startRspamd({ local: { 'milter_headers.conf': milter } });
  const users = [{ name: 'ann', password }];
  dovecot = await startDovecot({ users, tls: certificates.server });
  await dovecot.deliver('ann', [
    letter('lunch', 'Shall we meet at noon?'),
    letter('offer', gtube()),
  ]);
});

after(async () => {
  await dovecot?.stop();
  await rspamd?.[Symbol.asyncDispose]();
});

function gtube(): string {
  return ['XJS*C4JDBQADN1.NSBN3*2IDNEN*', 'GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X'].join('');
}

function letter(subject: string, text: string): Buffer {
  const lines = [
    'X-Postern-Spam: ham',
    'From: Bob <bob@example.org>',
    'To: Ann <ann@example.net>',
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString()}`,
    `Message-ID: <${subject}@example.org>`,
    '',
    text,
    '',
  ];
  return Buffer.from(lines.join('\r\n'));
}

function startFilter(server: string): Promise<PosternInProcess> {
  return startPostern({
    upstream: { port: dovecot.pop3sPort, tls: 'implicit' },
    certificates,
    plugins: [
      { use: 'rspamd', timeout: '60s', options: { servers: [server], connect_timeout: '1s' } },
    ],
    settings: { spam: { subject_tag: '[SPAM]', flag_header: 'X-Spam-Flag' } },
  });
}

async function logIn(postern: PosternInProcess): Promise<Pop3Client> {
  const client = await Pop3Client.connect({ port: postern.port('none'), tls: 'none' });
  await client.login('ann', password);
  return client;
}

test('spam is marked for its reader, ham is not, and marks that the sender made are gone', async (t) => {
  if (!needs(t, missing)) return;
  await using postern = await startFilter(rspamd.worker);
  const client = await logIn(postern);
  const [ham = '', spam = ''] = (await client.retrieveAll()).map(({ body }) => body.toString());
  assert.match(ham, /^X-Postern-Spam: ham; probability=/m);
  assert.match(ham, /^Subject: lunch\r$/m);
  assert.match(spam, /^X-Postern-Spam: spam; probability=9\d/m);
  assert.match(spam, /^Subject: \[SPAM\] offer\r$/m);
  assert.match(spam, /^X-Spam-Flag: YES\r$/m);
  for (const text of [ham, spam]) assert.doesNotMatch(text, /^X-Postern-Spam: ham\r$/m);
  assert.match(spam, /action-reject \+7\.00/);
  // Of a message that it refuses at once, rspamd says nothing else.
  assert.match(ham, /^X-Spamd-Bar: /m);
});

test('without rspamd a message stays where it is, and comes when rspamd does', async (t) => {
  if (!needs(t, missing)) return;
  const port = await freePort();
  await using postern = await startFilter(`http://127.0.0.1:${port}`);
  const client = await logIn(postern);
  assert.match(await client.command('RETR 1'), /^-ERR \[SYS\/TEMP\]/);
  await client.command('QUIT');
  const options = { servers: [rspamd.worker] };
  await postern.reload({ plugins: [{ use: 'rspamd', timeout: '60s', options }] });
  const later = await logIn(postern);
  assert.match((await later.multiline('RETR 1')).status, /^\+OK/);
});
