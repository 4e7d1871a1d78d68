import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { parseNetwork } from '../../src/base/network.ts';
import { LoadBalancers } from '../../src/proxy/load-balancers.ts';
import { formatHeader, formatLocalHeader } from '../../src/proxy-protocol/format.ts';
import { FakeClock, settled } from '../helpers/fake-clock.ts';
import { startLoadBalancer } from '../helpers/load-balancer.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { eventually } from '../helpers/process.ts';
import { startProxy, type TestProxy } from '../helpers/proxy.ts';
import type { Recorded } from '../helpers/recording-logger.ts';
import { connectSocketPair } from '../helpers/socket-pair.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const trusted = { proxy_protocol: { from: ['127.0.0.0/8'] } };
const elsewhere = { proxy_protocol: { from: ['192.0.2.0/24'] } };

const destination = { address: '198.51.100.1', port: 995 };
const header = (version: 1 | 2, address = '203.0.113.7', port = 40_000): Buffer =>
  formatHeader(version, { source: { address, port }, destination });

async function lineOf(proxy: TestProxy, text: string): Promise<Recorded> {
  return eventually(text, async () =>
    proxy.services.log.lines.find((line) => line.text.includes(text)),
  );
}

async function greetingThrough(proxy: TestProxy, octets: Buffer): Promise<Pop3Client> {
  const balancer = await startLoadBalancer({ port: proxy.port, header: octets, send: 'atOnce' });
  const client = await Pop3Client.connect({ port: balancer.port }).catch(async (error: unknown) => {
    await balancer[Symbol.asyncDispose]();
    throw error;
  });
  void client.closed.then(() => balancer[Symbol.asyncDispose]());
  return client;
}

/** Everything that comes until the connection is closed. */
async function answerTo(port: number, octets: readonly Buffer[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => {});
  socket.write(Buffer.concat(octets));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

for (const version of [1, 2] as const) {
  for (const send of ['atOnce', 'octetByOctet'] as const) {
    test(`a header of version ${version} sent ${send} says who the client is`, async () => {
      await using proxy = await startProxy({ listener: trusted });
      await using balancer = await startLoadBalancer({
        port: proxy.port,
        header: header(version),
        send,
      });
      const client = await Pop3Client.connect({ port: balancer.port });
      assert.match(client.greeting, /^\+OK/);
      assert.match(await client.command('QUIT'), /^\+OK/);
      const { level, fields } = await lineOf(proxy, 'session ended');
      assert.equal(level, 'info');
      assert.equal(fields['client'], '203.0.113.7');
      assert.match(String(fields['via']), /^127\.0\.0\.1:\d+$/);
    });
  }

  for (const tls of ['stls', 'implicit'] as const) {
    for (const send of ['octetByOctet', 'withFirst'] as const) {
      // With STLS the client waits for the greeting, which waits for the header.
      if (tls === 'stls' && send === 'withFirst') continue;
      test(`a header of version ${version} sent ${send} comes before TLS: ${tls}`, async () => {
        const { server, caPem } = makeTestCertificates();
        await using proxy = await startProxy({ listener: { tls, ...trusted } }, server);
        const options = { port: proxy.port, header: header(version), send };
        await using balancer = await startLoadBalancer(options);
        const client = await Pop3Client.connect({ port: balancer.port, tls, ca: caPem });
        assert.match(await client.command('QUIT'), /^\+OK/);
        const { fields } = await lineOf(proxy, 'session ended');
        assert.equal(fields['client'], '203.0.113.7');
      });
    }
  }
}

test('commands behind the header in one segment are answered', async () => {
  await using proxy = await startProxy({ listener: trusted });
  const answer = await answerTo(proxy.port, [header(1), Buffer.from('CAPA\r\nQUIT\r\n')]);
  assert.match(answer, /^\+OK Postern ready\r\n\+OK .*\r\n\.\r\n\+OK [^\n]*\r\n$/s);
});

test('places are counted by client, not by load balancer', async () => {
  await using proxy = await startProxy({
    listener: trusted,
    limits: { max_sessions_per_address: 1 },
  });
  const first = await greetingThrough(proxy, header(2, '203.0.113.7'));
  const other = await greetingThrough(proxy, header(2, '203.0.113.8'));
  const again = await greetingThrough(proxy, header(2, '203.0.113.7'));
  assert.match(first.greeting, /^\+OK/);
  assert.match(other.greeting, /^\+OK/);
  assert.match(again.greeting, /^-ERR .*too many sessions/);
  for (const client of [first, other]) await client.command('QUIT');
});

test('a header from anywhere else is not believed, and the connection is refused', async () => {
  await using proxy = await startProxy({ listener: elsewhere });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const client = await greetingThrough(proxy, header(1));
    assert.match(client.greeting, /^-ERR \[SYS\/PERM\] .*load balancer/);
    await client.closed;
  }
  const warnings = proxy.services.log.lines.filter(({ level }) => level === 'warn');
  assert.equal(warnings.length, 1, 'one line for all of them');
  assert.match(String(warnings[0]?.fields['client']), /127\.0\.0\.1$/);
});

test('where others are allowed, a header of theirs is not POP3 and ends the session', async () => {
  const { proxy_protocol } = elsewhere;
  await using proxy = await startProxy({
    listener: { proxy_protocol: { ...proxy_protocol, others: 'allowed' } },
  });
  const answer = await answerTo(proxy.port, [header(1), Buffer.from('QUIT\r\n')]);
  assert.match(answer, /^(?:\+OK Postern ready\r\n)?$/);
  const { fields } = await lineOf(proxy, 'session ended');
  assert.equal(fields['client'], '127.0.0.1');
  assert.equal(fields['via'], undefined);
});

test('a load balancer without a header is cut off without an answer', async () => {
  await using proxy = await startProxy({ listener: trusted });
  assert.equal(await answerTo(proxy.port, [Buffer.from('USER alice\r\n')]), '');
  const { level, fields } = await lineOf(proxy, 'no PROXY protocol header');
  assert.equal(level, 'warn');
  assert.equal((fields['err'] as { code?: string }).code, 'PROXY_HEADER_INVALID');
});

test('checks of a load balancer that is in no network of the listener are answered', async () => {
  await using proxy = await startProxy({ listener: { ...trusted, networks: ['203.0.113.0/24'] } });
  const local = formatLocalHeader(2, { source: destination, destination });
  const check = await greetingThrough(proxy, local);
  assert.match(check.greeting, /^\+OK/);
  await check.command('QUIT');
  assert.deepEqual(
    proxy.services.log.lines.filter(({ level }) => level === 'warn'),
    [],
  );
});

test('connections that are closed without a word, and LOCAL ones, leave the log quiet', async () => {
  await using proxy = await startProxy({ listener: trusted });
  const socket = connect(proxy.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.end();
  await once(socket, 'close');
  const check = await greetingThrough(
    proxy,
    formatLocalHeader(2, { source: destination, destination }),
  );
  assert.match(await check.command('QUIT'), /^\+OK/);
  const { level, fields } = await lineOf(proxy, 'session ended');
  assert.equal(level, 'debug');
  assert.equal(fields['client'], '127.0.0.1');
  assert.deepEqual(
    proxy.services.log.lines.filter((line) => line.level !== 'debug'),
    [],
  );
});

test('networks of a listener are those of its clients', async () => {
  await using proxy = await startProxy({ listener: { ...trusted, networks: ['203.0.113.0/24'] } });
  const welcome = await greetingThrough(proxy, header(2, '203.0.113.7'));
  assert.match(welcome.greeting, /^\+OK/);
  await welcome.command('QUIT');
  await assert.rejects(greetingThrough(proxy, header(2, '127.0.0.1')));
});

const config = {
  from: [parseNetwork('127.0.0.0/8') ?? assert.fail()],
  others: 'refused',
  tls: 'ignored',
  timeoutMs: 5000,
} as const;

test('a header that does not come in time is not waited for any longer', async () => {
  await using pair = await connectSocketPair();
  const clock = new FakeClock();
  const asked = new LoadBalancers(config, 1).introductionOf(pair.near, clock);
  const late = assert.rejects(asked, { code: 'PROXY_HEADER_LATE' });
  await clock.advance(5000);
  await late;
  assert.equal(clock.timers, 0);
});

test('a header that is cut short is none', async () => {
  await using pair = await connectSocketPair();
  const asked = new LoadBalancers(config, 1).introductionOf(pair.near, new FakeClock());
  pair.far.end('PROXY TCP4 203.0');
  await assert.rejects(asked, { code: 'PROXY_HEADER_INVALID' });
});

test('no more connections than that wait for their headers', async () => {
  await using first = await connectSocketPair();
  await using second = await connectSocketPair();
  const clock = new FakeClock();
  const balancers = new LoadBalancers(config, 1);
  const waiting = balancers.introductionOf(first.near, clock);
  await settled();
  await assert.rejects(balancers.introductionOf(second.near, clock), {
    code: 'PROXY_HEADERS_AWAITED',
  });
  first.far.write(header(1));
  assert.equal((await waiting)?.client.address, '203.0.113.7');
  second.far.write(header(1, '203.0.113.8'));
  const next = await balancers.introductionOf(second.near, clock);
  assert.equal(next?.client.address, '203.0.113.8');
});

/** 203.0.113.7 port 1 to 198.51.100.1 port 995, TLSv1.3 and mail.example.org. */
const withTls = Buffer.from(
  `0d0a0d0a000d0a515549540a2111003c${'cb007107c6336401000103e3'}${'020010'}${Buffer.from('mail.example.org').toString('hex')}${'20001a0100000000210007'}${Buffer.from('TLSv1.3').toString('hex')}${'230008'}${Buffer.from('AES_128X').toString('hex')}`,
  'hex',
);

for (const [tls, expected] of [
  ['ignored', undefined],
  ['trusted', { protocol: 'TLSv1.3', cipher: 'AES_128X', serverName: 'mail.example.org' }],
] as const) {
  test(`what a header says of TLS is ${tls}`, async () => {
    await using pair = await connectSocketPair();
    const balancers = new LoadBalancers({ ...config, tls }, 1);
    const asked = balancers.introductionOf(pair.near, new FakeClock());
    pair.far.write(withTls);
    assert.deepEqual((await asked)?.tls, expected);
  });
}
