// Real mail programs get the same mail through the proxy as directly, and what they delete is gone.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { awkwardMessages } from '../helpers/awkward-messages.ts';
import { mailSample } from '../helpers/corpus.ts';
import { dovecotMissing, startDovecot } from '../helpers/dovecot.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { startPostern } from '../helpers/postern.ts';
import { realClients } from '../helpers/real-clients.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const ca = certificates.caPem;
const password = 'pass-word';
const suitable = ['dots at line starts', 'no final newline', 'an empty body', 'many dots'];

for (const realClient of realClients) {
  for (const tls of realClient.tlsModes) {
    test(`${realClient.name} downloads and deletes through the proxy, client leg ${tls}`, async (t) => {
      if (!needs(t, dovecotMissing() ?? realClient.missing())) return;
      const messages = await ordinaryMessages(t);
      await using dovecot = await startDovecot({
        users: [{ name: 'joe', password }],
        tls: certificates.server,
      });
      await dovecot.deliver('joe', messages);
      await using postern = await startPostern({
        upstream: { port: dovecot.pop3sPort, tls: 'implicit' },
        certificates,
      });
      const account = { ca, user: 'joe', password } as const;
      const direct = await realClient.download({
        ...account,
        port: dovecot.pop3Port,
        tls: 'none',
        afterwards: 'keep',
      });
      const through = { ...account, port: postern.port(tls), tls };
      const kept = await realClient.download({ ...through, afterwards: 'keep' });
      assert.equal((await dovecot.messages('joe')).length, messages.length);
      const taken = await realClient.download({ ...through, afterwards: 'delete' });

      for (const result of [direct, kept, taken]) {
        assert.equal(result.code, 0, result.stderr);
        assert.equal(result.messages.length, messages.length);
      }
      for (const [index, expected] of direct.messages.entries()) {
        assert.ok(kept.messages[index]?.equals(expected), `message ${index} kept`);
        assert.ok(taken.messages[index]?.equals(expected), `message ${index} taken`);
      }
      assert.deepEqual(await dovecot.messages('joe'), []);
    });
  }
}

test('a program with a wrong password gets nothing', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  for (const realClient of realClients) {
    if (!needs(t, realClient.missing())) return;
    await using dovecot = await startDovecot({ users: [{ name: 'joe', password }] });
    await dovecot.deliver('joe', [Buffer.from('Subject: private\r\n\r\nx\r\n')]);
    await using postern = await startPostern({
      upstream: { port: dovecot.pop3Port, tls: 'none' },
      certificates,
    });
    const result = await realClient.download({
      port: postern.port('implicit'),
      tls: 'implicit',
      ca,
      user: 'joe',
      password: 'guessed',
      afterwards: 'delete',
    });
    assert.deepEqual(result.messages, [], realClient.name);
    assert.equal((await dovecot.messages('joe')).length, 1);
  }
});

test('pipelined commands are answered in order and DELE counts at QUIT only', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  await using dovecot = await startDovecot({ users: [{ name: 'joe', password }] });
  const messages = ['one', 'two', 'three'].map((word) =>
    Buffer.from(`Subject: ${word}\r\n\r\n.\r\n`),
  );
  await dovecot.deliver('joe', messages);
  await using postern = await startPostern({
    upstream: { port: dovecot.pop3Port, tls: 'none' },
    certificates,
  });

  const leaver = await Pop3Client.connect({ port: postern.port('stls'), tls: 'stls', ca });
  await leaver.login('joe', password);
  leaver.send('RETR 1\r\nDELE 1\r\nRETR 3\r\nNOOP\r\n');
  assert.deepEqual((await leaver.readMultiline()).body, messages[0]);
  assert.match(await leaver.readLine(), /^\+OK/);
  assert.deepEqual((await leaver.readMultiline()).body, messages[2]);
  assert.match(await leaver.readLine(), /^\+OK/);
  leaver.destroy();
  await leaver.closed;
  await postern.stop();
  assert.equal((await dovecot.messages('joe')).length, 3, 'leaving without QUIT deletes nothing');

  await using again = await startPostern({
    upstream: { port: dovecot.pop3Port, tls: 'none' },
    certificates,
  });
  const client = await Pop3Client.connect({ port: again.port('implicit'), tls: 'implicit', ca });
  await client.login('joe', password);
  client.send('DELE 1\r\nRSET\r\nDELE 2\r\nRETR 2\r\nSTAT\r\nQUIT\r\n');
  const replies: string[] = [];
  for (let count = 0; count < 6; count++) replies.push(await client.readLine());
  assert.deepEqual(
    replies.map((line) => line.split(' ', 1)[0]),
    ['+OK', '+OK', '+OK', '-ERR', '+OK', '+OK'],
  );
  await client.closed;
  assert.deepEqual(
    (await dovecot.messages('joe')).map(String),
    [messages[0], messages[2]].map(String),
  );
});

// RFC 5322 s.2.1.1 allows lines of 998 octets. fetchmail breaks much longer ones wherever its buffer
// happens to end, and getmail gives up on them.
async function ordinaryMessages(t: TestContext): Promise<Buffer[]> {
  const awkward = awkwardMessages().filter(({ name }) => suitable.includes(name));
  const sample = await mailSample(t, 30, 25);
  const readable = sample.filter((octets) => !/[^\n]{1000}/.test(octets.toString('latin1')));
  return [...awkward.map(({ octets }) => octets), ...readable];
}
