// UTF8 (RFC 6856) on both legs, before a server that has it: Courier wraps a message with 8-bit octets in
// its header for clients without UTF8 and gives it as it is to clients with it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { startPostern } from '../helpers/postern.ts';
import { needs } from '../helpers/requirement.ts';
import { courier } from '../helpers/servers/courier.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const user = { name: 'kim', password: 'secret' };
const letter = Buffer.from('Subject: caf\xc3\xa9\r\n\r\nhello\r\n', 'latin1');

test('UTF8 is offered once the server is known to have it, and reaches it', async (t) => {
  if (!needs(t, courier.missing())) return;
  await using server = await courier.start({ users: [user], tls: certificates.server });
  await server.deliver(user.name, [letter]);
  await using postern = await startPostern({
    upstream: { port: server.pop3Port, tls: 'none' },
    certificates,
  });
  const connect = () => Pop3Client.connect({ port: postern.port('none') });
  const capabilities = async (client: Pop3Client) =>
    (await client.multiline('CAPA')).body.toString().split('\r\n');

  const first = await connect();
  assert.ok(!(await capabilities(first)).includes('UTF8'), 'nothing is known of the server yet');
  await first.login(user.name, user.password);
  const wrapped = (await first.multiline('RETR 1')).body;
  assert.ok(!wrapped.equals(letter));
  assert.match(await first.command('QUIT'), /^\+OK/);

  const second = await connect();
  assert.ok((await capabilities(second)).some((line) => /^UTF8\b/.test(line)));
  assert.match(await second.command('UTF8'), /^\+OK/);
  await second.login(user.name, user.password);
  assert.deepEqual((await second.multiline('RETR 1')).body, letter);
  assert.match(await second.command('QUIT'), /^\+OK/);
});
