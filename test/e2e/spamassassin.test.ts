// Mail from Dovecot through the proxy and past a real spamd: the test message for spam filters is told from
// an ordinary letter, and a spamd that goes away neither loses nor lets pass anything.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dovecotMissing, type RunningDovecot, startDovecot } from '../helpers/dovecot.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { type PosternInProcess, startPostern } from '../helpers/postern.ts';
import { needs } from '../helpers/requirement.ts';
import { gtube, type RunningSpamd, spamdMissing, startSpamd } from '../helpers/spamd.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const password = 'secret';
const missing = dovecotMissing() ?? spamdMissing();

let spamd: RunningSpamd;
let dovecot: RunningDovecot;

before(async () => {
  if (missing !== undefined) return;
  const users = ['ann', 'bob'].map((name) => ({ name, password }));
  [spamd, dovecot] = await Promise.all([
    startSpamd(),
    startDovecot({ users, tls: certificates.server }),
  ]);
});

after(async () => {
  await spamd?.stop();
  await dovecot?.stop();
});

function letter(subject: string, text: string): Buffer {
  return Buffer.from(
    `Return-Path: <ann@example.org>\r\n` +
      `Received: from mail.example.org (mail.example.org [192.0.2.7])\r\n` +
      `\tby localhost with ESMTP id 1; Tue, 03 Nov 2026 09:00:00 +0000\r\n` +
      `From: Ann <ann@example.org>\r\nTo: bob@example.net\r\nSubject: ${subject}\r\n` +
      `Date: Tue, 03 Nov 2026 09:00:00 +0000\r\nMessage-ID: <${subject}@example.org>\r\n\r\n${text}\r\n`,
  );
}

const letters = [letter('offer', gtube), letter('lunch', 'Shall we meet at noon?')];

function startFilter(at: { readonly host: string; readonly port: number }) {
  const { host, port } = at;
  return startPostern({
    upstream: { port: dovecot.pop3sPort, tls: 'implicit' },
    certificates,
    plugins: [{ use: 'spamassassin', timeout: '150s', options: { servers: [{ host, port }] } }],
    settings: { spam: { subject_tag: '[spam]', flag_header: 'X-Spam-Flag' } },
  });
}

async function logIn(postern: PosternInProcess, user: string): Promise<Pop3Client> {
  const port = postern.port('implicit');
  const client = await Pop3Client.connect({ port, tls: 'implicit', ca: certificates.caPem });
  await client.login(user, password);
  return client;
}

test('spam is marked with the rules that gave it away, and an ordinary letter is not', async (t) => {
  if (!needs(t, missing)) return;
  await dovecot.deliver('ann', letters);
  await using postern = await startFilter(spamd);
  const client = await logIn(postern, 'ann');
  const [spam, ham] = await client.retrieveAll();
  const [spamHead, hamHead] = [spam, ham].map((each) => each?.body.toString('latin1') ?? '');
  assert.match(
    spamHead ?? '',
    /^X-Postern-Spam: spam; probability=100\.0%; spamassassin=\+20\.00/m,
  );
  assert.match(spamHead ?? '', /\(GTUBE \+20\.00/);
  assert.match(spamHead ?? '', /^Subject: \[spam\] offer\r$/m);
  assert.match(spamHead ?? '', /^X-Spam-Flag: YES\r$/m);
  assert.match(hamHead ?? '', /^X-Postern-Spam: ham; /m);
  assert.match(hamHead ?? '', /^Subject: lunch\r$/m);
  assert.doesNotMatch(hamHead ?? '', /^X-Spam-Flag|^X-Envelope-From|postern\.invalid/m);
  assert.match(await client.command('QUIT'), /^\+OK/);
  await client.closed;
  assert.match(spamd.output(), /for ann@127\.0\.0\.1/);
});

test('while spamd is away messages wait upstream, and come when it is back', async (t) => {
  if (!needs(t, missing)) return;
  await dovecot.deliver('bob', letters);
  const away = await startSpamd();
  await away.stop();
  await using postern = await startFilter(away);
  const client = await logIn(postern, 'bob');
  assert.match(await client.command('RETR 1'), /^-ERR \[SYS\/TEMP\]/);
  assert.match(await client.command('QUIT'), /^\+OK/);
  await client.closed;
  assert.equal((await dovecot.messages('bob')).length, 2);
});
