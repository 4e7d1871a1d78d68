// Mail from Dovecot through the proxy and past lists: those of a real list server in the DNS, and those that
// commands change while two processes serve.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { postern as runPostern } from '../cli/postern.ts';
import { dovecotMissing, type RunningDovecot, startDovecot } from '../helpers/dovecot.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { type RunningPostern, startPostern, startPosternProcess } from '../helpers/postern.ts';
import { rbldnsdMissing, startRbldnsd } from '../helpers/rbldnsd.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const password = 'secret';
const missing = dovecotMissing();

let dovecot: RunningDovecot;

before(async () => {
  if (missing !== undefined) return;
  const users = ['ann', 'bob', 'eve'].map((name) => ({ name, password }));
  dovecot = await startDovecot({ users, tls: certificates.server });
});

after(async () => {
  await dovecot?.stop();
});

interface Parts {
  readonly client?: string;
  readonly from?: string;
  readonly text?: string;
}

function letter({ client = '9.9.9.10', from = 'a@example.org', text = 'Hello' }: Parts): Buffer {
  return Buffer.from(
    `Return-Path: <${from}>\r\n` +
      `Received: from mail.example.org (mail.example.org [${client}])\r\n` +
      `\tby localhost with ESMTP id 1; Tue, 03 Nov 2026 09:00:00 +0000\r\n` +
      `From: ${from}\r\nTo: bob@example.net\r\nSubject: x\r\n` +
      `Date: Tue, 03 Nov 2026 09:00:00 +0000\r\n\r\n${text}\r\n`,
  );
}

/** The field of the filter in each message of the maildrop; empty where no engine gave a score. */
async function spamFields(postern: RunningPostern, user: string): Promise<string[]> {
  const port = postern.port('implicit');
  const client = await Pop3Client.connect({ port, tls: 'implicit', ca: certificates.caPem });
  await client.login(user, password);
  const messages = await client.retrieveAll();
  await client.command('QUIT');
  await client.closed;
  return messages.map(({ body }) => {
    const [header = ''] = body.toString('latin1').split('\r\n\r\n', 1);
    const unfolded = header.replaceAll(/\r\n(?=[ \t])/g, '');
    return /^X-Postern-Spam: (.*)$/m.exec(unfolded)?.[1] ?? '';
  });
}

const upstream = () => ({ port: dovecot.pop3sPort, tls: 'implicit' }) as const;

test('what a list server knows of hosts, IPv6 too, and of links is found', async (t) => {
  if (!needs(t, missing ?? rbldnsdMissing())) return;
  await using server = await startRbldnsd([
    {
      name: 'ip.lists.example',
      type: 'ip4trie',
      data: ['127.0.0.2 :127.0.0.2:test', '8.8.4.0/24 :127.0.0.4:a net of spammers'],
    },
    { name: 'ip.lists.example', type: 'ip6trie', data: ['2606:4700::/32 :127.0.0.4:another one'] },
    {
      name: 'uri.lists.example',
      type: 'dnset',
      data: ['.test :127.0.0.2:', '.bad.example.com', '.example.net'],
    },
  ]);
  await dovecot.deliver('ann', [
    letter({}),
    letter({ client: '8.8.4.4' }),
    letter({ client: 'IPv6:2606:4700::1111' }),
    letter({ text: 'see http://www.example.net/a' }),
    letter({ client: '10.0.0.1', text: 'see http://www.example.com/' }),
  ]);
  await using postern = await startPostern({
    upstream: upstream(),
    certificates,
    plugins: [
      {
        use: 'dns-lists',
        options: {
          servers: [server.address],
          lists: [
            { zone: 'ip.lists.example', name: 'ip', about: ['client'], log_odds: 4 },
            { zone: 'uri.lists.example', name: 'uri', about: ['uri'], log_odds: 3 },
          ],
        },
      },
    ],
  });
  const [none, v4, v6, link, other] = await spamFields(postern, 'ann');
  assert.equal(none, '', 'no list has anything to say');
  assert.match(v4 ?? '', /^spam; .*dns-lists=\+4\.00 \(dns-list-ip \+4\.00\)/);
  assert.match(v6 ?? '', /^spam; .*dns-lists=\+4\.00 \(dns-list-ip \+4\.00\)/);
  assert.match(link ?? '', /^spam; .*dns-lists=\+3\.00 \(dns-list-uri \+3\.00\)/);
  assert.equal(other, '');
});

test('a command blocks and allows senders while two processes serve', async (t) => {
  if (!needs(t, missing)) return;
  await dovecot.deliver('bob', [letter({ from: 'x@offers.example' })]);
  await using postern = await startPosternProcess({
    upstream: upstream(),
    certificates,
    plugins: [{ use: 'sender-lists' }],
    settings: { workers: 2 },
  });
  const lists = async (...args: string[]): Promise<void> => {
    const { code, stderr } = await runPostern(['lists', ...args, '--config', postern.configFile]);
    assert.equal(code, 0, stderr);
  };
  /** By whichever process has the session: both are met in ten. */
  const results = async (): Promise<Set<string>> => {
    const found = new Set<string>();
    for (let session = 0; session < 10; session += 1) {
      const [field = ''] = await spamFields(postern, 'bob');
      found.add(field.split(';', 1)[0] ?? '');
    }
    return found;
  };
  assert.deepEqual(await results(), new Set(['']));
  await lists('block', 'offers.example');
  assert.deepEqual(await results(), new Set(['spam']));
  await lists('allow', 'x@offers.example', '--account', 'bob');
  assert.deepEqual(await results(), new Set(['ham']));
  await lists('remove', 'x@offers.example', '--account', 'bob');
  assert.deepEqual(await results(), new Set(['spam']));
});
