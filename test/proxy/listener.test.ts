import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, explain } from '../../src/base/errors.ts';
import {
  Interception,
  type InterceptionParts,
  localEnd,
} from '../../src/interception/interception.ts';
import { OwnAddresses } from '../../src/interception/own-addresses.ts';
import { Listener } from '../../src/proxy/listener.ts';
import { ListenerDoors } from '../../src/proxy/listener-doors.ts';
import { SessionCount } from '../../src/proxy/session-count.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import {
  startProxy,
  type TestServices,
  type TestSettings,
  testServices,
} from '../helpers/proxy.ts';
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

test('on a socket for both families a client with IPv4 has the address that it has elsewhere', async () => {
  await using proxy = await startProxy({
    listener: { address: '::' },
    limits: { max_sessions_per_address: 1 },
  });
  const first = await Pop3Client.connect({ port: proxy.port });
  const second = await Pop3Client.connect({ port: proxy.port });
  assert.equal(second.greeting, '-ERR [SYS/TEMP] too many sessions, try again later');
  const refused = proxy.services.log.lines.find(({ level }) => level === 'warn');
  assert.equal(refused?.fields['client'], '127.0.0.1');
  first.destroy();
  second.destroy();
});

test('whoever comes again and again beyond the limit fills no log', async () => {
  await using proxy = await startProxy({ limits: { max_sessions_per_address: 1 } });
  const first = await Pop3Client.connect({ port: proxy.port });
  for (const _ of [1, 2, 3]) {
    const refused = await Pop3Client.connect({ port: proxy.port });
    assert.match(refused.greeting, /^-ERR \[SYS\/TEMP\] too many sessions/);
    refused.destroy();
  }
  const warnings = proxy.services.log.lines.filter(({ level }) => level === 'warn');
  assert.deepEqual(
    warnings.map(({ text }) => text),
    ['connection refused: too many sessions'],
  );
  first.destroy();
});

test('a client of another network is cut without an answer, and the log says so once', async () => {
  await using proxy = await startProxy({ listener: { networks: ['192.0.2.0/24'] } });
  for (const _ of [1, 2]) await assert.rejects(Pop3Client.connect({ port: proxy.port }));
  const warnings = proxy.services.log.lines.filter(({ level }) => level === 'warn');
  assert.deepEqual(
    warnings.map(({ text }) => text),
    ['connection refused: this listener is for clients of other networks'],
  );
});

test('after a drain nobody is let in', async () => {
  await using proxy = await startProxy();
  proxy.listener.drain();
  await assert.rejects(Pop3Client.connect({ port: proxy.port }), /ECONNREFUSED/);
});

async function listenerWith(
  settings: TestSettings,
  parts: Partial<InterceptionParts> = {},
): Promise<{ readonly listener: Listener; readonly services: TestServices }> {
  const services = await testServices(settings);
  const [config] = services.config.listeners;
  assert.ok(config);
  const own = new OwnAddresses(services.clock);
  const interception = new Interception({
    read: localEnd,
    own,
    isOurs: () => false,
    prepare: () => {},
    ...parts,
  });
  const facts = { config, tls: undefined, doors: new ListenerDoors(config), interception };
  return {
    listener: new Listener(facts, services, new SessionCount(services.limits)),
    services,
  };
}

test('a direct connection to an intercepting listener is told so, with one line in the log', async () => {
  const { listener, services } = await listenerWith({});
  const { port } = await listener.listen();
  const client = await Pop3Client.connect({ port });
  assert.match(client.greeting, /^-ERR \[SYS\/PERM\] this port serves only connections to mail/);
  await client.closed;
  listener.close();
  await listener.idle();
  const warnings = services.log.lines.filter(({ level }) => level === 'warn');
  assert.deepEqual(
    warnings.map(({ text }) => text),
    ['connection refused: it was not intercepted as it should be'],
  );
});

test('the destination of an intercepted connection stands in each line of its session', async () => {
  const destination = { address: '2001:db8::1', port: 110 };
  const { listener, services } = await listenerWith({}, { read: () => destination });
  const { port } = await listener.listen();
  const client = await Pop3Client.connect({ port });
  assert.match(await client.command('QUIT'), /^\+OK/);
  await client.closed;
  listener.close();
  await listener.idle();
  const ended = services.log.lines.find(({ text }) => text === 'session ended');
  assert.equal(ended?.fields['destination'], '[2001:db8::1]:110');
});

test('a socket that is not fit for interception is not left open', async () => {
  const reason = new Error('not fit');
  const { listener } = await listenerWith(
    {},
    {
      prepare() {
        throw reason;
      },
    },
  );
  await assert.rejects(listener.listen(), reason);
});

test('a listener says so when its socket was not handed over', async () => {
  const { listener } = await listenerWith({ listener: { socket: 'pop3' } });
  await assert.rejects(listener.listen(), /listener test cannot use socket pop3/);
  await assert.rejects(
    listener.listen({ byName: new Map([['smtp', 3]]), refusal: undefined }),
    (error) => {
      assert.match(explain(error), /only these were handed over: smtp/);
      return true;
    },
  );
});
