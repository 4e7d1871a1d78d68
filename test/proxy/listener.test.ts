import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, explain } from '../../src/base/errors.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { startProxy } from '../helpers/proxy.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

test('a port that is taken is a failure that names it', async () => {
  await using first = await startProxy();
  await assert.rejects(startProxy({ listener: { port: first.port } }), (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'LISTEN_FAILED');
    assert.match(error.publicText, new RegExp(`listener test .*${first.port}`));
    assert.match(explain(error), /EADDRINUSE/);
    return true;
  });
});

test('implicit TLS comes before the greeting', async () => {
  const { server, caPem } = makeTestCertificates();
  await using proxy = await startProxy({ listener: { tls: 'implicit' } }, server);
  const client = await Pop3Client.connect({ port: proxy.port, tls: 'implicit', ca: caPem });
  assert.match(client.greeting, /^\+OK/);
  assert.match(await client.command('STLS'), /^-ERR/);
  assert.match(await client.command('QUIT'), /^\+OK/);
  await client.closed;
});

test('after a drain nobody is let in', async () => {
  await using proxy = await startProxy();
  proxy.listener.drain();
  await assert.rejects(Pop3Client.connect({ port: proxy.port }), /ECONNREFUSED/);
});
