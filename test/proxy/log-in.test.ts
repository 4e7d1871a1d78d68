import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../src/base/errors.ts';
import { type Credentials, Secret } from '../../src/base/secret.ts';
import type { LoadedPlugin } from '../../src/pipeline/plugin.ts';
import { sampleFacts } from '../../src/pipeline/testing.ts';
import type { LoginContext } from '../../src/plugin-api/context.ts';
import { type LoggedIn, logIn, planLogin, printableUser } from '../../src/proxy/log-in.ts';
import { HostHealth } from '../../src/routing/host-health.ts';
import { settled } from '../helpers/fake-clock.ts';
import { loaded, withCode } from '../helpers/pipeline.ts';
import { type TestSettings, testServices } from '../helpers/proxy.ts';
import {
  close,
  expect,
  expectEnd,
  perform,
  type Script,
  secure,
  send,
  startScriptedUpstream,
  until,
} from '../helpers/scripted-upstream.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();

const greeting: Script = [send('+OK hello\r\n'), expect('CAPA'), send('-ERR what\r\n')];
const accepted: Script = [
  expect('USER kim'),
  send('+OK\r\n'),
  expect('PASS secret'),
  send('+OK\r\n'),
];
const listing: Script = [
  expect('CAPA'),
  send('-ERR what\r\n'),
  expect('LIST'),
  send('+OK\r\n1 120\r\n2 200\r\n.\r\n'),
  expect('UIDL'),
  send('+OK\r\n1 a\r\n2 b\r\n.\r\n'),
];

function credentials(user = 'kim'): Credentials {
  return { user: Buffer.from(user), password: Secret.fromText('secret') };
}

interface Attempt {
  readonly plugins?: readonly LoadedPlugin[];
  readonly upstream?: TestSettings['upstream'];
  readonly limits?: TestSettings['limits'];
  readonly signal?: AbortSignal;
  readonly user?: string;
}

async function attempt(port: number, settings: Attempt = {}): Promise<LoggedIn> {
  const services = await testServices({
    ...settings,
    upstream: { port, ...settings.upstream },
    limits: settings.limits ?? {},
  });
  const facts = sampleFacts(0).session;
  const login = {
    credentials: credentials(settings.user),
    textMode: 'octets',
    attemptNumber: 1,
    user: settings.user ?? 'kim',
    session: { ...facts, client: { ...facts.client, listener: 'test' } },
    log: services.log,
    signal: settings.signal ?? new AbortController().signal,
  } as const;
  return logIn(login, planLogin(login, services.routes), services);
}

test('a login opens the maildrop and tells where it is', async () => {
  await using upstream = await startScriptedUpstream([
    ...greeting,
    ...accepted,
    ...listing,
    expectEnd(),
  ]);
  const opened = await attempt(upstream.port);
  assert.deepEqual(opened.maildrop.totals(), { count: 2, octets: 320 });
  assert.equal(opened.maildrop.find(2)?.uidl, 'b');
  assert.deepEqual(opened.facts, {
    user: 'kim',
    route: 'test',
    upstream: { host: '127.0.0.1', port: upstream.port, tlsMode: 'none', tls: undefined },
    maildrop: { user: 'kim', upstreamHost: `127.0.0.1:${upstream.port}` },
  });
  opened.upstream.close();
  await upstream.done();
});

/** The upstream sees its peer leave, without QUIT. */
const failures: Readonly<Record<string, { code: string; script: Script }>> = {
  'a greeting that refuses': {
    code: 'UPSTREAM_REFUSED_SESSION',
    script: [send('-ERR no\r\n'), expectEnd()],
  },
  'a refused password': {
    code: 'UPSTREAM_LOGIN_REFUSED',
    script: [
      ...greeting,
      expect('USER kim'),
      send('+OK\r\n'),
      expect('PASS secret'),
      send('-ERR [AUTH] no\r\n'),
      expectEnd(),
    ],
  },
  'a listing that is refused': {
    code: 'UPSTREAM_REFUSED_LIST',
    script: [
      ...greeting,
      ...accepted,
      expect('CAPA'),
      send('-ERR\r\n'),
      expect('LIST'),
      send('-ERR later\r\n'),
      expect('UIDL'),
      send('-ERR later\r\n'),
      expectEnd(),
    ],
  },
  'a listing that contradicts itself': {
    code: 'UPSTREAM_PROTOCOL',
    script: [
      ...greeting,
      ...accepted,
      expect('CAPA'),
      send('-ERR\r\n'),
      expect('LIST'),
      send('+OK\r\n1 120\r\n.\r\n'),
      expect('UIDL'),
      send('+OK\r\n2 b\r\n.\r\n'),
      expectEnd(),
    ],
  },
};

for (const [what, { code, script }] of Object.entries(failures)) {
  test(`${what} rejects and leaves no connection open`, async () => {
    await using upstream = await startScriptedUpstream(script);
    await assert.rejects(attempt(upstream.port), withCode(code));
    await upstream.done();
  });
}

test('an upstream that ends the connection rejects the login', async () => {
  await using upstream = await startScriptedUpstream([...greeting, expect('USER kim'), close()]);
  await assert.rejects(attempt(upstream.port), withCode('UPSTREAM_LOST'));
});

test('a client that leaves during the login leaves no connection behind', async () => {
  const controller = new AbortController();
  await using upstream = await startScriptedUpstream([
    ...greeting,
    expect('USER kim'),
    perform('the client leaves', () => {
      controller.abort(new AppError('CLIENT_GONE', { fault: 'client', publicText: 'gone' }));
    }),
    expectEnd(),
  ]);
  const { signal } = controller;
  await assert.rejects(attempt(upstream.port, { signal }), withCode('CLIENT_GONE'));
  await upstream.done();
});

const plugin = (login: (context: LoginContext, next: () => Promise<void>) => Promise<void>) =>
  loaded({ login });

test('a plugin that refuses before the login has nothing connected', async () => {
  await using upstream = await startScriptedUpstream([]);
  const refusing = plugin(async (context) => {
    throw context.refusal('no');
  });
  await assert.rejects(attempt(upstream.port, { plugins: [refusing] }), withCode('PLUGIN_REFUSED'));
  assert.equal(upstream.connections.length, 0);
});

test('a plugin that refuses or fails after the login has the connection closed', async () => {
  const script = [...greeting, ...accepted, ...listing, expectEnd()];
  for (const [code, login] of Object.entries({
    PLUGIN_REFUSED: plugin(async (context, next) => {
      await next();
      throw context.refusal('no');
    }),
    PLUGIN_FAILED: plugin(async (_context, next) => {
      await next();
      throw new Error('late');
    }),
    PLUGIN_NEXT_NOT_AWAITED: plugin(async (_context, next) => {
      void next();
    }),
  })) {
    await using upstream = await startScriptedUpstream(script);
    await assert.rejects(attempt(upstream.port, { plugins: [login] }), withCode(code));
    await upstream.done();
  }
});

test('a plugin that refuses while the login runs leaves no connection behind', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const refusing = plugin(async (context, next) => {
    void next();
    throw context.refusal('no');
  });
  await using upstream = await startScriptedUpstream([
    until(gate),
    ...greeting,
    ...accepted,
    ...listing,
    expectEnd(),
  ]);
  const refused = assert.rejects(
    attempt(upstream.port, { plugins: [refusing] }),
    withCode('PLUGIN_REFUSED'),
  );
  await settled();
  open();
  await refused;
  await upstream.done();
});

test('where TLS is demanded, an upstream without it is not even connected to', async () => {
  await using upstream = await startScriptedUpstream([]);
  const demanding = plugin(async (context, next) => {
    context.requireUpstreamTls('TLSv1.2');
    await next();
  });
  await assert.rejects(
    attempt(upstream.port, { plugins: [demanding] }),
    withCode('UPSTREAM_TLS_POLICY'),
  );
  assert.equal(upstream.connections.length, 0);
});

for (const order of [
  ['TLSv1.2', 'TLSv1.3'],
  ['TLSv1.3', 'TLSv1.2'],
] as const) {
  test(`the strictest demand counts (${order.join(', then ')}), before a password is sent`, async () => {
    await using upstream = await startScriptedUpstream([
      secure(certificates.server, { maxVersion: 'TLSv1.2' }),
      ...greeting,
      expectEnd(),
    ]);
    const demanding = order.map((version) =>
      plugin(async (context, next) => {
        context.requireUpstreamTls(version);
        await next();
      }),
    );
    await assert.rejects(
      attempt(upstream.port, { plugins: demanding, upstream: { tls: 'implicit' } }),
      withCode('UPSTREAM_TLS_POLICY'),
    );
    await upstream.done();
  });
}

test('a demand that the upstream meets lets the login through, and plugins see what was negotiated', async () => {
  await using upstream = await startScriptedUpstream([
    secure(certificates.server),
    ...greeting,
    ...accepted,
    ...listing,
    expectEnd(),
  ]);
  const seen: (string | undefined)[] = [];
  const demanding = plugin(async (context, next) => {
    context.requireUpstreamTls('TLSv1.3');
    seen.push(context.upstream.tls?.protocol);
    await next();
    seen.push(context.upstream.tls?.protocol);
  });
  const opened = await attempt(upstream.port, {
    plugins: [demanding],
    upstream: { tls: 'implicit' },
  });
  assert.deepEqual(seen, [undefined, 'TLSv1.3']);
  assert.equal(opened.facts.upstream.tls?.protocol, 'TLSv1.3');
  opened.upstream.close();
  await upstream.done();
});

test('a user name is printable, and different names stay different', () => {
  assert.equal(printableUser(Buffer.from('ann@example.org')), 'ann@example.org');
  assert.equal(
    printableUser(Buffer.from('a\r\n\x1b[31m\0ü\\', 'latin1')),
    'a\\x0d\\x0a\\x1b[31m\\x00\\xfc\\x5c',
  );
  assert.notEqual(printableUser(Buffer.from('\\x41')), printableUser(Buffer.from('A')));
});

test('an account whose host cannot be reached goes to the other, with the same maildrop', async () => {
  const script = [...greeting, expect(/^USER /), send('+OK\r\n'), ...accepted.slice(2), ...listing];
  await using upstream = await startScriptedUpstream(script);
  const { port } = upstream;
  // Nobody listens on the second address.
  const host = ['127.0.0.1', '127.0.0.2'];
  const users = ['kim', 'ann', 'bob', 'eve', 'joe', 'lea', 'max', 'sue'];
  const candidates = host.map((each) => ({ host: each, port }));
  const strangers = users.filter(
    (user) => new HostHealth().order(candidates, user, 0)[0]?.host === '127.0.0.2',
  );
  assert(strangers.length > 0 && strangers.length < users.length);
  for (const user of users) {
    const opened = await attempt(port, { user, upstream: { host } });
    assert.equal(opened.facts.upstream.host, '127.0.0.1');
    assert.equal(opened.key.upstreamHost, `127.0.0.1:${port}`);
    opened.upstream.close();
  }
});
