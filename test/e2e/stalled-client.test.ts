// A client that pipelines RETR, DELE and QUIT and then takes nothing: no message is deleted that has
// not left the process.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSampleServer } from '../../src/demo/sample-server.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { startPostern } from '../helpers/postern.ts';
import { eventually } from '../helpers/process.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const account = { user: 'kim', password: 'secret' };
const count = 40;

/** Together far more than the system buffers for a socket. */
const messages = Array.from({ length: count }, (_, index) => ({
  uidl: `u${index}`,
  content: Buffer.from(`Subject: ${index}\r\n\r\n${'x'.repeat(76).concat('\r\n').repeat(8000)}`),
}));

const everything = messages
  .map((_, index) => `RETR ${index + 1}\r\nDELE ${index + 1}\r\n`)
  .join('');

for (const plugins of [[], [{ use: 'attachment-policy' }]]) {
  const chain = plugins.length === 0 ? 'without plugins' : 'with a chain';

  test(`a client that stalls loses nothing, ${chain}`, async () => {
    const upstream = await startSampleServer({ messages, account, transport: { kind: 'plain' } });
    await using postern = await startPostern({
      upstream: { port: upstream.port, tls: 'none' },
      certificates,
      plugins,
      settings: { limits: { delivery_stall: '1s' } },
    });
    const client = await Pop3Client.connect({ port: postern.port('none') });
    await client.login(account.user, account.password);
    client.stall();
    client.send(`${everything}QUIT\r\n`);
    await eventually('the upstream session is over', async () =>
      upstream.connections.every(({ ending }) => ending !== 'open') ? true : undefined,
    );
    assert.deepEqual(
      upstream.connections.map(({ ending }) => ending),
      ['dropped'],
    );
    assert.equal(upstream.uidls.length, count);
    client.destroy();
    await upstream.stop();
  });

  test(`a client that takes everything has everything deleted, ${chain}`, async () => {
    const upstream = await startSampleServer({ messages, account, transport: { kind: 'plain' } });
    await using postern = await startPostern({
      upstream: { port: upstream.port, tls: 'none' },
      certificates,
      plugins,
    });
    const client = await Pop3Client.connect({ port: postern.port('none') });
    await client.login(account.user, account.password);
    client.send(`${everything}QUIT\r\n`);
    for (const { content } of messages) {
      assert.match(await client.readLine(), /^\+OK/);
      assert.equal((await client.readContent()).body.length, content.length);
      assert.match(await client.readLine(), /^\+OK/);
    }
    assert.match(await client.readLine(), /^\+OK/);
    assert.deepEqual(upstream.uidls, []);
    await upstream.stop();
  });
}
