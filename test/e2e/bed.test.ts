// The test bed by itself, without the proxy: what the other end-to-end tests rely on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { awkwardMessages } from '../helpers/awkward-messages.ts';
import { corpusMessages, corpusMissing } from '../helpers/corpus.ts';
import { dovecotMissing, startDovecot } from '../helpers/dovecot.ts';
import { ConnectionEnded, Pop3Client } from '../helpers/pop3-client.ts';
import { realClients } from '../helpers/real-clients.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const ca = certificates.caPem;
const plain = awkwardMessages().filter(({ octets }) => octets.length < 100_000);
const wellFormed = ['dots at line starts', 'no final newline', 'many empty lines', 'many dots'];

test('the strict client reads what Dovecot stores, over plain, STLS and implicit TLS', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  await using dovecot = await startDovecot({
    users: [{ name: 'ann', password: 'open sesame' }],
    tls: certificates.server,
  });
  await dovecot.deliver(
    'ann',
    plain.map(({ octets }) => octets),
  );
  for (const tls of ['none', 'stls', 'implicit'] as const) {
    const port = tls === 'implicit' ? dovecot.pop3sPort : dovecot.pop3Port;
    const client = await Pop3Client.connect({ port, tls, ca });
    await client.login('ann', 'open sesame');
    const replies = await client.retrieveAll();
    assert.equal(replies.length, plain.length);
    for (const [index, { name, octets }] of plain.entries()) {
      assert.deepEqual(replies[index]?.body, asSentByDovecot(octets), `${name} over ${tls}`);
    }
    assert.match(await client.command('QUIT'), /^\+OK/);
    await client.closed;
  }
});

test('certificates of the wrong name, date or issuer are refused', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  for (const kind of ['wrongName', 'expired', 'unknownIssuer'] as const) {
    await using dovecot = await startDovecot({ users: [], tls: certificates[kind] });
    const attempt = Pop3Client.connect({ port: dovecot.pop3sPort, tls: 'implicit', ca });
    const code = {
      wrongName: 'ERR_TLS_CERT_ALTNAME_INVALID',
      expired: 'CERT_HAS_EXPIRED',
      unknownIssuer: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    }[kind];
    await assert.rejects(attempt, { code });
  }
});

test('a session killed in the middle of a message ends without a terminator', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  await using dovecot = await startDovecot({ users: [{ name: 'bob', password: 'b' }] });
  await dovecot.deliver('bob', [largeMessage()]);
  const client = await Pop3Client.connect({ port: dovecot.pop3Port });
  await client.login('bob', 'b');
  client.send('RETR 1\r\n');
  assert.match(await client.readLine(), /^\+OK/);
  client.stall();
  assert.equal(dovecot.killSessions(), 1);
  client.resume();
  await assert.rejects(client.readContent(), ConnectionEnded);
  assert.equal((await dovecot.messages('bob')).length, 1);
  const second = await Pop3Client.connect({ port: dovecot.pop3Port });
  await second.login('bob', 'b');
  await dovecot.killHard();
  await second.closed;
});

for (const realClient of realClients) {
  test(`${realClient.name} downloads and deletes`, async (t) => {
    if (!needs(t, dovecotMissing() ?? realClient.missing())) return;
    const messages = plain.filter(({ name }) => wellFormed.includes(name));
    await using dovecot = await startDovecot({
      users: [{ name: 'eve', password: 'e' }],
      tls: certificates.server,
    });
    await dovecot.deliver(
      'eve',
      messages.map(({ octets }) => octets),
    );
    const expected = messages.map(({ octets }) => toLf(asSentByDovecot(octets)));
    for (const tls of realClient.tlsModes) {
      const afterwards = tls === realClient.tlsModes.at(-1) ? 'delete' : 'keep';
      const port = tls === 'implicit' ? dovecot.pop3sPort : dovecot.pop3Port;
      const account = { user: 'eve', password: 'e', afterwards } as const;
      const result = await realClient.download({ port, tls, ca, ...account });
      assert.equal(result.code, 0, result.stderr);
      assert.deepEqual(result.messages.map(String), expected.map(String), tls);
    }
    assert.deepEqual(await dovecot.messages('eve'), []);
  });

  test(`${realClient.name} refuses a certificate for another host`, async (t) => {
    if (!needs(t, dovecotMissing() ?? realClient.missing())) return;
    await using dovecot = await startDovecot({
      users: [{ name: 'eve', password: 'e' }],
      tls: certificates.wrongName,
    });
    await dovecot.deliver('eve', [Buffer.from('Subject: secret\r\n\r\nx\r\n')]);
    const account = { user: 'eve', password: 'e', afterwards: 'keep' } as const;
    const result = await realClient.download({
      port: dovecot.pop3sPort,
      tls: 'implicit',
      ca,
      ...account,
    });
    assert.deepEqual(result.messages, []);
    assert.notEqual(result.code, 0);
  });
}

test('the corpus gives the same messages for the same seed', async (t) => {
  if (!needs(t, corpusMissing())) return;
  const first = await corpusMessages(50, 7);
  assert.deepEqual(await corpusMessages(50, 7), first);
  assert.notDeepEqual(await corpusMessages(50, 8), first);
  assert.ok(first.every((octets) => !/(?<!\r)\n/.test(octets.toString('latin1'))));
});

// Dovecot makes every line end a CRLF and ends the last line.
function asSentByDovecot(octets: Buffer): Buffer {
  const text = octets.toString('latin1').replaceAll(/\r?\n/g, '\r\n');
  return Buffer.from(text.endsWith('\r\n') ? text : `${text}\r\n`, 'latin1');
}

function toLf(octets: Buffer): Buffer {
  return Buffer.from(octets.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}

function largeMessage(): Buffer {
  return Buffer.from(`Subject: large\r\n\r\n${'0123456789abcdef\r\n'.repeat(2_000_000)}`, 'latin1');
}
