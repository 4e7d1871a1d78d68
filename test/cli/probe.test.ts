import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { test } from 'node:test';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { type ProbeRequest, type ProbeResult, probe } from '../../src/cli/probe.ts';
import { type Certificate, makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();

/** What a server does with one connection. */
type Behaviour = (socket: Socket) => void;

async function probing(
  behaviour: Behaviour,
  request: Partial<ProbeRequest> = {},
): Promise<ProbeResult> {
  await using server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    behaviour(socket);
  });
  const sockets = new Set<Socket>();
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await probe({
      host: '127.0.0.1',
      port,
      tls: 'none',
      trust: { ca: certificates.caPem },
      stepLimitMs: 30_000,
      ...request,
    });
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

/** Answers each command by a table; `undefined` for commands that get no answer. */
function speak(
  socket: Socket,
  answers: Readonly<Record<string, string>>,
  greeting = '+OK ready',
): void {
  let pending = '';
  socket.write(`${greeting}\r\n`);
  socket.on('data', (chunk) => {
    pending += chunk.toString('latin1');
    const lines = pending.split('\r\n');
    pending = lines.pop() ?? '';
    for (const line of lines) {
      const answer = answers[line];
      if (answer !== undefined) socket.write(answer);
    }
  });
}

const capa = '+OK\r\nUSER\r\nUIDL\r\nSASL PLAIN\r\n.\r\n';

function contextOf({ certPem, keyPem }: Certificate): SecureContext {
  return createSecureContext({ cert: certPem, key: keyPem });
}

function implicit(certificate: Certificate): Behaviour {
  const secureContext = contextOf(certificate);
  return (socket) => {
    const secured = new TLSSocket(socket, { isServer: true, secureContext });
    secured.on('error', () => {});
    speak(secured, { CAPA: capa });
  };
}

/** Upgrades after STLS; `surplus` is sent behind the answer, before the handshake. */
function upgrading(certificate: Certificate, surplus = ''): Behaviour {
  const secureContext = contextOf(certificate);
  return (socket) => {
    socket.write('+OK ready\r\n');
    socket.once('data', (line) => {
      assert.equal(line.toString(), 'STLS\r\n');
      socket.write(`+OK begin\r\n${surplus}`);
      const secured = new TLSSocket(socket, { isServer: true, secureContext });
      secured.on('error', () => {});
      secured.once('secure', () => {
        secured.on('data', (chunk) => {
          if (chunk.toString() === 'CAPA\r\n') secured.write(capa);
        });
      });
    });
  };
}

test('a plain server tells greeting and capabilities', async () => {
  const result = await probing((socket) => speak(socket, { CAPA: capa }));
  assert(result.kind === 'reached');
  assert.equal(result.greeting, 'ready');
  assert.equal(result.capabilities?.hasUidl, true);
  assert.deepEqual(result.capabilities?.saslMechanisms, ['PLAIN']);
  assert.equal(result.tls, undefined);
});

test('a server without CAPA is reached all the same', async () => {
  const result = await probing((socket) => speak(socket, { CAPA: '-ERR unknown\r\n' }));
  assert(result.kind === 'reached');
  assert.equal(result.capabilities, undefined);
});

test('implicit TLS is verified against the authorities given', async () => {
  const result = await probing(implicit(certificates.server), { tls: 'implicit' });
  assert(result.kind === 'reached');
  assert.equal(result.tls?.protocol, 'TLSv1.3');
});

test('STLS upgrades before anything else is asked', async () => {
  const result = await probing(upgrading(certificates.server), { tls: 'stls' });
  assert(result.kind === 'reached');
  assert.equal(result.tls?.protocol, 'TLSv1.3');
  assert.equal(result.capabilities?.hasUidl, true);
});

const failing: readonly (readonly [
  what: string,
  Behaviour,
  Partial<ProbeRequest>,
  step: string,
  reason: RegExp,
])[] = [
  [
    'a certificate for another name',
    implicit(certificates.wrongName),
    { tls: 'implicit' },
    'tls',
    /does not match certificate/,
  ],
  ['an expired certificate', implicit(certificates.expired), { tls: 'implicit' }, 'tls', /expired/],
  [
    'a certificate that nobody vouches for',
    implicit(certificates.unknownIssuer),
    { tls: 'implicit' },
    'tls',
    /unable to (?:verify|get)/,
  ],
  [
    'a server without STLS',
    (socket) => speak(socket, { STLS: '-ERR no\r\n' }),
    { tls: 'stls' },
    'tls',
    /^refused: no$/,
  ],
  [
    'octets injected before the handshake',
    upgrading(certificates.server, '+OK injected\r\n'),
    { tls: 'stls' },
    'tls',
    /octets before the TLS handshake/,
  ],
  [
    'plain text where TLS is expected',
    (socket) => speak(socket, {}),
    { tls: 'implicit' },
    'tls',
    /./,
  ],
  [
    'a refusing greeting',
    (socket) => speak(socket, {}, '-ERR too busy'),
    {},
    'greeting',
    /^refused: too busy$/,
  ],
  [
    'something that is not POP3',
    (socket) => speak(socket, {}, '* OK IMAP4rev1'),
    {},
    'greeting',
    /not a POP3 reply/,
  ],
  [
    'an endless line',
    (socket) => socket.write('+OK '.padEnd(100_000, 'x')),
    {},
    'greeting',
    /line too long/,
  ],
  ['a connection closed at once', (socket) => socket.end(), {}, 'greeting', /closed/],
  [
    'an endless list of capabilities',
    (socket) => speak(socket, { CAPA: `+OK\r\n${'X\r\n'.repeat(5000)}` }),
    {},
    'capabilities',
    /endless/,
  ],
  ['silence', () => {}, { stepLimitMs: 1500 }, 'greeting', /no answer within 1.5 s/],
  [
    'terminal sequences in a refusal',
    (socket) => speak(socket, {}, '-ERR \x1b[2J'),
    {},
    'greeting',
    /^refused: \?\[2J$/,
  ],
];

for (const [what, behaviour, request, step, reason] of failing) {
  test(`${what} is told with the step that failed`, async () => {
    const result = await probing(behaviour, request);
    assert(result.kind === 'failed');
    assert.equal(result.step, step);
    assert.match(result.reason, reason);
    assert.doesNotMatch(result.reason, /\n/);
  });
}

test('a port where nobody listens is told', async () => {
  await using server = createServer();
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  const { port } = server.address() as AddressInfo;
  await server[Symbol.asyncDispose]();
  const result = await probe({ host: '127.0.0.1', port, tls: 'none', stepLimitMs: 30_000 });
  assert(result.kind === 'failed');
  assert.equal(result.step, 'connect');
  assert.match(result.reason, /ECONNREFUSED/);
});
