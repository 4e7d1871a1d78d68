import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, explain } from '../../src/base/errors.ts';
import { Listener } from '../../src/proxy/listener.ts';
import { ListenerDoors } from '../../src/proxy/listener-doors.ts';
import { SessionCount } from '../../src/proxy/session-count.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { startProxy, testServices } from '../helpers/proxy.ts';
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

test('a direct connection to an intercepting listener is told so, with one line in the log', async () => {
  await using proxy = await startProxy({ listener: { intercept: 'tproxy' } });
  const client = await Pop3Client.connect({ port: proxy.port });
  assert.match(client.greeting, /^-ERR \[SYS\/PERM\] this port serves only connections to mail/);
  await client.closed;
  const warnings = proxy.services.log.lines.filter(({ level }) => level === 'warn');
  assert.deepEqual(
    warnings.map(({ text }) => text),
    ['connection refused: not intercepted'],
  );
});

test('a listener takes a socket that was handed over, and says what is missing when it was not', async () => {
  const services = await testServices({ listener: { socket: 'pop3', port: 0 } });
  const [config] = services.config.listeners;
  assert.ok(config);
  const facts = {
    config,
    tls: undefined,
    doors: new ListenerDoors(config),
    interception: undefined,
  };
  const listener = new Listener(facts, services, new SessionCount(services.limits));
  await assert.rejects(listener.listen(), /listener test cannot use socket pop3/);
  await assert.rejects(listener.listen(new Map([['smtp', 3]])), (error) => {
    assert.match(explain(error), /only these were handed over: smtp/);
    return true;
  });
});
