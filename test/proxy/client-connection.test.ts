// One client over loopback, the whole proxy behind it, and a scripted mail server at the end.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { AppError } from '../../src/base/errors.ts';
import type { Observation } from '../../src/plugin-api/observation.ts';
import { FakeClock, settled } from '../helpers/fake-clock.ts';
import { loaded } from '../helpers/pipeline.ts';
import { ConnectionEnded, Pop3Client } from '../helpers/pop3-client.ts';
import { startProxy, type TestProxy, type TestSettings } from '../helpers/proxy.ts';
import {
  close,
  expect,
  expectEnd,
  type Script,
  type ScriptedUpstream,
  send,
  startScriptedUpstream,
  until,
} from '../helpers/scripted-upstream.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';
import { cut } from '../message/chunking.ts';

const certificates = makeTestCertificates();
const letter = 'Subject: x\r\n\r\none\r\n.two\r\n';
const stuffed = letter.replace('\r\n.two', '\r\n..two');

/** A login to a maildrop of two messages, then the rest of the script. */
function opened(...rest: Script): Script {
  return [
    send('+OK hello\r\n'),
    expect('CAPA'),
    send('-ERR\r\n'),
    expect('USER kim'),
    send('+OK\r\n'),
    expect('PASS secret'),
    send('+OK\r\n'),
    expect('CAPA'),
    send('-ERR\r\n'),
    expect('LIST'),
    send(`+OK\r\n1 ${letter.length}\r\n2 200\r\n.\r\n`),
    expect('UIDL'),
    send('+OK\r\n1 a\r\n2 b\r\n.\r\n'),
    ...rest,
  ];
}

interface Place extends AsyncDisposable {
  readonly proxy: TestProxy;
  readonly upstream: ScriptedUpstream;
}

async function place(script: Script, settings: TestSettings = {}): Promise<Place> {
  const upstream = await startScriptedUpstream(script);
  const isEncrypted = settings.listener?.['tls'] !== undefined;
  const proxy = await startProxy(
    { ...settings, upstream: { port: upstream.port, read_ahead: 'off' } },
    isEncrypted ? certificates.server : undefined,
  );
  return {
    proxy,
    upstream,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

async function loggedIn(proxy: TestProxy): Promise<Pop3Client> {
  const client = await Pop3Client.connect({ port: proxy.port });
  await client.login('kim', 'secret');
  return client;
}

/** A client without manners, and without a parser. */
async function rawClient(port: number, options: { readonly allowHalfOpen?: boolean } = {}) {
  const socket: Socket = connect({ port, host: '127.0.0.1', ...options });
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  const ended = new Promise<void>((resolve) => {
    socket.once('end', resolve);
    socket.once('close', () => resolve());
  });
  await once(socket, 'connect');
  return { socket, ended, received: () => received };
}

/** Octets that nobody takes any more come back as an error, sooner or later. */
async function assertDropped(socket: Socket): Promise<void> {
  while (!socket.closed) {
    socket.write('NOOP\r\n');
    await settled();
  }
}

test('a session from greeting to update', async () => {
  await using here = await place(
    opened(
      expect('RETR 1'),
      send(`+OK\r\n${stuffed}.\r\n`),
      expect('DELE 2'),
      send('+OK\r\n'),
      expect('QUIT'),
      send('+OK\r\n'),
      expectEnd(),
    ),
  );
  const client = await loggedIn(here.proxy);
  assert.equal(await client.command('STAT'), `+OK 2 ${letter.length + 200}`);
  assert.equal((await client.multiline('RETR 1')).body.toString(), letter);
  assert.match(await client.command('DELE 2'), /^\+OK/);
  assert.match(await client.command('QUIT'), /^\+OK/);
  await client.closed;
  await here.upstream.done();
});

test('recorders see a session in order, and no secret is in anything they or the log are told', async () => {
  const told: Observation[] = [];
  const recorder = loaded({
    async observe(observation) {
      told.push(observation);
    },
  });
  await using here = await place(
    opened(
      expect('RETR 1'),
      send(`+OK\r\n${stuffed}.\r\n`),
      expect('DELE 1'),
      send('+OK\r\n'),
      expect('QUIT'),
      send('+OK\r\n'),
    ),
    { plugins: [recorder] },
  );
  const client = await loggedIn(here.proxy);
  await client.multiline('RETR 1');
  await client.command('DELE 1');
  await client.command('QUIT');
  await client.closed;
  await here.proxy.listener.idle();
  assert.deepEqual(
    told.map(({ kind }) => kind),
    ['sessionOpened', 'loginAccepted', 'messageJudged', 'messageDelivered', 'sessionEnded'],
  );
  const last = told.at(-1);
  assert.ok(last?.kind === 'sessionEnded');
  assert.deepEqual(last.deleted, ['a']);
  assert.equal(last.user, 'kim');
  assert.equal(last.reason, 'QUIT');
  const everything = inspect([told, here.proxy.services.log.lines], { depth: 20 });
  assert.doesNotMatch(everything, /secret(?!\])/);
});

test('an upstream that refuses the login is quoted, its words are not logged', async () => {
  await using here = await place([
    send('+OK hello\r\n'),
    expect('CAPA'),
    send('-ERR\r\n'),
    expect('USER kim'),
    send('+OK\r\n'),
    expect('PASS secret'),
    send('-ERR [AUTH] wrong password secret\r\n'),
    expectEnd(),
  ]);
  const client = await Pop3Client.connect({ port: here.proxy.port });
  await client.command('USER kim');
  assert.equal(await client.command('PASS secret'), '-ERR [AUTH] wrong password secret');
  await here.upstream.done();
  for (const { text, fields } of here.proxy.services.log.lines) {
    assert.doesNotMatch(text, /secret/);
    const { err } = fields;
    if (err instanceof Error) assert.doesNotMatch(`${err.message} ${err.stack}`, /secret/);
  }
});

const answers: Readonly<Record<string, RegExp>> = {
  NOOP: /^\+OK\r\n/,
  STAT: /^\+OK 2 \d+\r\n/,
  'LIST 1': /^\+OK 1 \d+\r\n/,
  'UIDL 2': /^\+OK 2 b\r\n/,
  LIST: /^\+OK [^\r]*\r\n1 \d+\r\n2 200\r\n\.\r\n/,
  'RETR 9': /^-ERR no such message\r\n/,
  'RETR 1': /^\+OK [^\r]*\r\nSubject: x\r\n\r\none\r\n\.\.two\r\n\.\r\n/,
  'TOP 1 0': /^\+OK [^\r]*\r\nSubject: x\r\n\r\n\.\r\n/,
  NONSENSE: /^-ERR unknown command\r\n/,
};

test('pipelined commands are answered in their order, over any chunking', async () => {
  const forever = { plugins: [loaded({ inspect: async () => ({ kind: 'pass' }) })] };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...Object.keys(answers)), { minLength: 1, maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
      async (commands, lengths) => {
        const retrievals = commands.filter((each) => each === 'RETR 1' || each === 'TOP 1 0');
        await using here = await place(
          opened(
            ...retrievals.flatMap(() => [
              expect('RETR 1'),
              send(`+OK\r\n${stuffed}.\r\n`, { inChunksOf: 7 }),
            ]),
            expect('QUIT'),
            send('+OK\r\n'),
          ),
          forever,
        );
        const client = await rawClient(here.proxy.port);
        const lines = ['USER kim', 'PASS secret', ...commands, 'QUIT'];
        const octets = Buffer.from(lines.map((line) => `${line}\r\n`).join(''));
        for (const chunk of cut(octets, lengths)) client.socket.write(chunk);
        await client.ended;
        let rest = client.received();
        const expected = [/^\+OK Postern ready\r\n/, /^\+OK [^\r]*\r\n/, /^\+OK [^\r]*\r\n/];
        for (const form of [
          ...expected,
          ...commands.map((each) => answers[each]),
          /^\+OK[^\r]*\r\n/,
        ]) {
          assert.ok(form !== undefined);
          assert.match(rest, form);
          rest = rest.replace(form, '');
        }
        assert.equal(rest, '');
      },
    ),
    { numRuns: 25 },
  );
});

test('plain text pipelined behind STLS is answered by one -ERR and the end', async () => {
  await using here = await place([], { listener: { tls: 'stls' } });
  const client = await rawClient(here.proxy.port);
  client.socket.write('STLS\r\nCAPA\r\n');
  await client.ended;
  assert.match(client.received(), /^\+OK [^\r]*\r\n-ERR [^\r]*\r\n$/);
});

test('a handshake that goes wrong after STLS ends the connection, and nothing is answered in clear', async () => {
  await using here = await place([], { listener: { tls: 'stls' } });
  const client = await Pop3Client.connect({ port: here.proxy.port });
  assert.match(await client.command('STLS'), /^\+OK/);
  client.send('CAPA\r\nUSER kim\r\n');
  await client.closed;
  assert.doesNotMatch(client.pending.toString('latin1'), /\+OK|-ERR/);
});

test('after STLS a session goes on under TLS, and a USER from before is forgotten', async () => {
  await using here = await place(opened(expectEnd()), { listener: { tls: 'stls' } });
  const client = await Pop3Client.connect({ port: here.proxy.port });
  assert.match(await client.command('USER kim'), /^\+OK/);
  await client.startTls({ ca: certificates.caPem });
  assert.match(await client.command('PASS secret'), /^-ERR/);
  await client.login('kim', 'secret');
  client.destroy();
  await here.upstream.done();
});

for (const [spoken, octets] of [
  ['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['HTTP', 'POST /x HTTP/1.0\r\n\r\nUSER a\r\n'],
  ['SMTP', 'EHLO client.example.org\r\n'],
  ['TLS', '\x16\x03\x01\x01\x00\x01'],
  ['PROXY protocol', 'PROXY TCP4 203.0.113.7 198.51.100.1 40000 110\r\nUSER kim\r\n'],
  ['PROXY protocol', '\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c'],
] as const) {
  test(`${JSON.stringify(octets.slice(0, 12))} is cut at once, and the log says why`, async () => {
    await using here = await place([]);
    const client = await rawClient(here.proxy.port);
    await once(client.socket, 'data');
    client.socket.write(Buffer.from(octets, 'latin1'));
    await client.ended;
    assert.match(client.received(), /^\+OK [^\r]*\r\n$/);
    const { lines } = here.proxy.services.log;
    const refusal = lines.find(({ text }) => text === 'session ended by an error');
    assert.ok(refusal?.fields['err'] instanceof AppError);
    assert.deepEqual(refusal.fields['err'].details, { spoken });
  });
}

test('a line that is too long is answered by one -ERR and the end', async () => {
  await using here = await place(opened(expectEnd()));
  const client = await rawClient(here.proxy.port);
  client.socket.write(`USER kim\r\nPASS secret\r\n${'x'.repeat(3000)}`);
  await client.ended;
  assert.match(client.received(), /^(?:\+OK[^\r]*\r\n){3}-ERR [^\r]*line too long\r\n$/);
  await here.upstream.done();
});

test('a client that says nothing is let go, without QUIT to the upstream', async () => {
  await using here = await place(opened(expectEnd()), { limits: { client_idle: '1s' } });
  const client = await loggedIn(here.proxy);
  await client.command('DELE 1');
  await client.closed;
  assert.equal(client.pending.length, 0);
  await here.upstream.done();
});

test('a client that does not log in is let go', async () => {
  const clock = new FakeClock();
  await using here = await place([], { clock });
  const client = await Pop3Client.connect({ port: here.proxy.port });
  await client.command('USER kim');
  await clock.advance(60_000);
  await client.closed;
});

test('the time for the login does not run on after it', async () => {
  const clock = new FakeClock();
  await using here = await place(opened(expectEnd()), { clock });
  const client = await loggedIn(here.proxy);
  await clock.advance(25_000);
  await clock.advance(60_000);
  assert.equal(await client.command('NOOP'), '+OK');
  client.destroy();
});

test('a client that stalls in its handshake is let go', async () => {
  for (const tls of ['stls', 'implicit']) {
    const clock = new FakeClock();
    await using here = await place([], { clock, listener: { tls } });
    const client = await rawClient(here.proxy.port);
    if (tls === 'stls') {
      client.socket.write('STLS\r\n');
      while (!client.received().includes('begin TLS')) await once(client.socket, 'data');
    }
    await settled();
    await clock.advance(60_000);
    await client.ended;
    await clock.advance(60_000);
    await here.proxy.listener.idle();
  }
});

test('a client that vanishes during RETR takes its upstream with it, without QUIT', async () => {
  const large = `${'0123456789abcdef\r\n'.repeat(100_000)}`;
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  for (const plugins of [[], [loaded({ inspect: async () => ({ kind: 'pass' }) })]]) {
    await using here = await place(
      opened(expect('RETR 1'), send(`+OK\r\n${letter}${large}`), until(gate), expectEnd()),
      { plugins },
    );
    const client = await loggedIn(here.proxy);
    client.send('DELE 2\r\nRETR 1\r\nQUIT\r\n');
    await client.readLine();
    client.destroy();
    open();
    await here.upstream.done();
  }
});

for (const tls of ['none', 'stls', 'implicit'] as const) {
  test(`an upstream lost in the middle of a message cuts the client (tls: ${tls})`, async () => {
    const listener: Record<string, string> = tls === 'none' ? {} : { tls };
    await using here = await place(
      opened(expect('RETR 1'), send(`+OK\r\n${letter}${'x'.repeat(5000)}\r\n`), close()),
      { listener },
    );
    const client = await Pop3Client.connect({
      port: here.proxy.port,
      tls,
      ca: certificates.caPem,
    });
    await client.login('kim', 'secret');
    await assert.rejects(client.multiline('RETR 1'), (error) => {
      assert.ok(error instanceof ConnectionEnded);
      assert.doesNotMatch(error.received.toString('latin1'), /-ERR|\r\n\.\r\n/);
      return true;
    });
    await client.closed;
  });
}

test('one session too many is refused in a word, and there is room again after an end', async () => {
  await using here = await place([], { limits: { max_sessions_per_address: 1 } });
  const first = await Pop3Client.connect({ port: here.proxy.port });
  const second = await Pop3Client.connect({ port: here.proxy.port });
  assert.match(second.greeting, /^-ERR \[SYS\/TEMP\] /);
  await second.closed;
  assert.match(await first.command('QUIT'), /^\+OK/);
  await first.closed;
  await here.proxy.listener.idle();
  const third = await Pop3Client.connect({ port: here.proxy.port });
  assert.match(third.greeting, /^\+OK/);
  third.destroy();
});

test('someone who is refused and never leaves is shown out', async () => {
  const clock = new FakeClock();
  await using here = await place([], { clock, limits: { max_sessions_per_address: 1 } });
  const first = await Pop3Client.connect({ port: here.proxy.port });
  const second = await rawClient(here.proxy.port, { allowHalfOpen: true });
  second.socket.write('USER kim\r\n');
  await second.ended;
  await clock.advance(5000);
  await assertDropped(second.socket);
  first.destroy();
});

test('a client that never closes its side does not keep the connection', async () => {
  const clock = new FakeClock();
  await using here = await place([], { clock });
  const client = await rawClient(here.proxy.port, { allowHalfOpen: true });
  client.socket.write('QUIT\r\nNOOP\r\n');
  await client.ended;
  await here.proxy.listener.idle();
  await clock.advance(5000);
  await assertDropped(client.socket);
});

test('a drain ends idle sessions at once, without QUIT to their upstreams', async () => {
  await using here = await place(opened(expectEnd()));
  const idle = await loggedIn(here.proxy);
  const fresh = await Pop3Client.connect({ port: here.proxy.port });
  here.proxy.listener.drain();
  await Promise.all([idle.closed, fresh.closed]);
  await here.proxy.listener.idle();
  await here.upstream.done();
});

test('a drain lets a running command finish, and begins no other', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  await using here = await place(
    opened(expect('RETR 1'), until(gate), send(`+OK\r\n${stuffed}.\r\n`), expectEnd()),
  );
  const client = await loggedIn(here.proxy);
  client.send('RETR 1\r\nDELE 1\r\nQUIT\r\n');
  while (!here.upstream.connections[0]?.received.includes('RETR 1')) await settled();
  here.proxy.listener.drain();
  open();
  assert.equal((await client.readMultiline()).body.toString(), letter);
  await client.closed;
  assert.equal(client.pending.length, 0);
  await here.proxy.listener.idle();
  await here.upstream.done();
  const ended = here.proxy.services.log.lines.find(({ text }) => text === 'session ended');
  assert.equal(ended?.fields['reason'], 'shutdown');
});

test('what does not finish in time is cut', async () => {
  await using here = await place(opened(expect('RETR 1'), expectEnd()));
  const client = await loggedIn(here.proxy);
  client.send('RETR 1\r\n');
  while (!here.upstream.connections[0]?.received.includes('RETR 1')) await settled();
  here.proxy.listener.drain();
  here.proxy.listener.destroy();
  await client.closed;
  await here.proxy.listener.idle();
  assert.equal(client.pending.length, 0);
  await here.upstream.done();
});

test('a plugin at the door refuses in its own words', async () => {
  const refusing = loaded({
    async admit(context, next) {
      context.refuse('not from there');
      await next();
    },
  });
  await using here = await place([], { plugins: [refusing] });
  const client = await Pop3Client.connect({ port: here.proxy.port });
  assert.equal(client.greeting, '-ERR not from there');
  await client.closed;
});

test('a plugin that denies logins leaves a session in which none is offered', async () => {
  const denying = loaded({
    async admit(context, next) {
      context.denyLogin('use TLS');
      await next();
    },
  });
  await using here = await place([], { plugins: [denying] });
  const client = await Pop3Client.connect({ port: here.proxy.port });
  assert.doesNotMatch((await client.multiline('CAPA')).body.toString(), /USER|SASL/);
  assert.match(await client.command('USER kim'), /^-ERR .*use TLS/);
  client.destroy();
});

test('a session that cannot be recorded does not begin', async () => {
  const recorder = loaded({
    async observe({ kind }) {
      if (kind === 'sessionOpened') throw new Error('disk full');
    },
  });
  await using here = await place([], { plugins: [recorder] });
  const client = await Pop3Client.connect({ port: here.proxy.port });
  assert.match(client.greeting, /^-ERR \[SYS\/TEMP\] /);
  assert.doesNotMatch(client.greeting, /disk/);
  await client.closed;
});

test('a login that cannot be recorded is refused, and its upstream left', async () => {
  const recorder = loaded({
    async observe({ kind }) {
      if (kind === 'loginAccepted') throw new Error('disk full');
    },
  });
  await using here = await place(opened(expectEnd()), { plugins: [recorder] });
  const client = await Pop3Client.connect({ port: here.proxy.port });
  await client.command('USER kim');
  assert.match(await client.command('PASS secret'), /^-ERR \[SYS\/TEMP\] /);
  assert.match(await client.command('STAT'), /^-ERR/);
  await here.upstream.done();
  client.destroy();
});
