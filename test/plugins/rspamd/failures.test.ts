// A daemon that fails in every way there is: none of them lets a message pass, and none waits for ever.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer as createTlsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { EnvelopeSource, Failover, type Verdict } from '#plugin-api';
import { exchange } from '../../../plugins/rspamd/exchange.ts';
import rspamd from '../../../plugins/rspamd/index.ts';
import type { RspamdMetrics } from '../../../plugins/rspamd/metrics.ts';
import { optionsSchema } from '../../../plugins/rspamd/options.ts';
import { scan } from '../../../plugins/rspamd/scan.ts';
import { parseServerAddress } from '../../../plugins/rspamd/server-address.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { Interest } from '../../../src/pipeline/interest.ts';
import { runPlugin } from '../../../src/pipeline/testing.ts';
import { wholeMessage } from '../../helpers/pipeline.ts';
import { freePort, temporaryFolder } from '../../helpers/process.ts';
import { makeTestCertificates } from '../../helpers/test-certificates.ts';

const message = Buffer.from('From: a@example.org\r\nSubject: x\r\n\r\nHello\r\n');
const answer =
  '{"is_skipped":false,"score":1.0,"required_score":15.0,"action":"no action","symbols":{},"messages":{}}';

function response(body: string, { status = '200 OK', type = 'application/json' } = {}): string {
  const length = Buffer.byteLength(body);
  return `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${body}`;
}

class Daemon implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** What it was sent, on all connections. */
  received = '';
  port = 0;

  /** `talk` runs once for each connection, when the question is complete. */
  constructor(talk: (socket: Socket) => void, when: 'connected' | 'asked' = 'asked') {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      if (when === 'connected') {
        talk(socket);
        return;
      }
      let isAsked = false;
      socket.on('data', (piece) => {
        this.received += piece.toString('latin1');
        if (isAsked || !this.received.includes('Hello\r\n')) return;
        isAsked = true;
        talk(socket);
      });
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (typeof address === 'object' && address !== null) this.port = address.port;
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function verdictFrom(...servers: readonly string[]): Promise<Verdict | undefined> {
  const options = { servers, strategy: 'first', connect_timeout: '5s', answer_timeout: '500ms' };
  const { verdict } = await runPlugin(rspamd, options, message);
  return verdict;
}

const repliesThatAreNone = [
  ['garbage in place of HTTP', 'Hello, who is there?\r\n\r\n'],
  ['no JSON', response('score: 1')],
  ['half of its JSON', response(answer.slice(0, 40))],
  ['another JSON', response('{"error":"cannot parse"}')],
  ['a score that is no number', response(answer.replace('1.0', '"1.0"'))],
  ['a score beyond all numbers', response(answer.replace('1.0', '1e999'))],
  ['symbols that are none', response(answer.replace('{}', '[1]'))],
  ['a page', response(answer, { type: 'text/html' })],
  ['no type', response(answer, { type: '' })],
  ['a failure', response(answer, { status: '500 invalid command' })],
  ['a change of protocol', 'HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'],
  ['a redirect', response(answer, { status: '302 Found' })],
  ['nothing but a good status', response('')],
  ['an answer that is longer than it can be', response(`${answer}${' '.repeat(1_100_000)}`)],
  ['a header without end', `HTTP/1.1 200 OK\r\n${'X-A: b\r\n'.repeat(50_000)}`],
] as const;

for (const [what, reply] of repliesThatAreNone) {
  test(`a daemon that answers with ${what} defers the message`, async () => {
    await using daemon = await new Daemon((socket) => socket.end(reply)).listen();
    const verdict = await verdictFrom(daemon.url);
    assert.equal(verdict?.kind, 'tempfail', JSON.stringify(verdict));
  });
}

test('odd wishes for the header take no judgement away', async () => {
  const milter =
    ',"milter":{"add_headers":{"X-A":[1,null,{"value":2}]},"remove_headers":{"X-B":[1,2]}}}';
  const odd = response(`${answer.slice(0, -1)}${milter}`);
  await using daemon = await new Daemon((socket) => socket.end(odd)).listen();
  assert.equal((await verdictFrom(daemon.url))?.kind, 'score');
});

for (const [what, talk, when] of [
  ['dies before its answer', (socket: Socket) => socket.destroy(), 'asked'],
  [
    'dies in the middle of its answer',
    (socket: Socket) => socket.end(response(answer).slice(0, -20)),
    'asked',
  ],
  ['resets the connection', (socket: Socket) => socket.resetAndDestroy(), 'asked'],
  ['hangs up at once', (socket: Socket) => socket.destroy(), 'connected'],
  ['takes the question and says nothing', () => {}, 'asked'],
  ['takes no octet', (socket: Socket) => socket.pause(), 'connected'],
  [
    'never ends its answer',
    (socket: Socket) => socket.write(response(answer).slice(0, -20)),
    'asked',
  ],
] as const) {
  test(`a daemon that ${what} defers the message in time`, async () => {
    await using daemon = await new Daemon(talk, when).listen();
    const verdict = await verdictFrom(daemon.url);
    assert.equal(verdict?.kind, 'tempfail', JSON.stringify(verdict));
  });
}

const certificates = makeTestCertificates();

for (const [what, certificate, kind] of [
  ['its own', certificates.server, 'score'],
  ['another host', certificates.wrongName, 'tempfail'],
  ['yesterday', certificates.expired, 'tempfail'],
  ['a stranger', certificates.unknownIssuer, 'tempfail'],
] as const) {
  test(`over TLS the certificate of the daemon is looked at: that of ${what}`, async () => {
    const server = createTlsServer(
      { cert: certificate.certPem, key: certificate.keyPem },
      (_, to) => {
        to.setHeader('content-type', 'application/json');
        to.end(answer);
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await using folder = await temporaryFolder('rspamd-ca');
    try {
      const address = server.address();
      assert.ok(typeof address === 'object' && address !== null);
      const file = join(folder.path, 'ca.pem');
      await writeFile(file, certificates.caPem);
      const options = { servers: [`https://localhost:${address.port}`], ca_file: file };
      const { verdict } = await runPlugin(rspamd, options, message);
      assert.equal(verdict?.kind, kind, JSON.stringify(verdict));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
}

test('an endless answer is cut off, and takes no memory', async () => {
  let written = 0;
  const chunk = Buffer.alloc(64 * 1024, 0x20);
  await using daemon = await new Daemon((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n');
    const pour = (): void => {
      while (!socket.destroyed && socket.write(chunk)) written += chunk.length;
    };
    socket.on('drain', pour);
    pour();
  }).listen();
  const verdict = await verdictFrom(daemon.url);
  assert.deepEqual(verdict, { kind: 'tempfail', reason: 'rspamd: its answer is too long' });
  assert.ok(written < 64 * 1024 * 1024);
});

test('where nobody listens the message is deferred, and where another server does it is judged', async () => {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const alone = await verdictFrom(nobody);
  assert.ok(alone?.kind === 'tempfail' && alone.reason.includes('ECONNREFUSED'));
  await using daemon = await new Daemon((socket) => socket.end(response(answer))).listen();
  assert.equal((await verdictFrom(nobody, daemon.url))?.kind, 'score');
  await using broken = await new Daemon((socket) => socket.destroy()).listen();
  assert.equal((await verdictFrom(broken.url, daemon.url))?.kind, 'score');
});

test('an answer that comes before the last octet of a large message counts', async () => {
  await using daemon = await new Daemon(
    (socket) => socket.end(response(answer, { status: '413 too large' })),
    'connected',
  ).listen();
  const large = Buffer.concat([message, Buffer.alloc(4_000_000, 0x61)]);
  const options = { servers: [daemon.url], answer_timeout: '20s' };
  const { verdict } = await runPlugin(rspamd, options, large);
  assert.equal(verdict?.kind, 'tempfail', JSON.stringify(verdict));
});

test('the question holds all octets of the message, and says how many there are', async () => {
  await using daemon = await new Daemon((socket) => socket.end(response(answer))).listen();
  assert.equal((await verdictFrom(daemon.url))?.kind, 'score');
  assert.match(daemon.received, /^POST \/checkv2 HTTP\/1\.1\r\n/);
  assert.match(daemon.received, new RegExp(`^content-length: ${message.length}\r$`, 'im'));
  assert.ok(daemon.received.endsWith(`\r\n\r\n${message.toString()}`));
});

for (const [notScanned, kind] of [
  ['pass', 'pass'],
  ['flag', 'flag'],
  ['defer', 'tempfail'],
] as const) {
  test(`a message that is too large is not sent: ${notScanned}`, async () => {
    const options = { max_message: '10B', not_scanned: notScanned };
    const { verdict } = await runPlugin(rspamd, options, message);
    assert.equal(verdict?.kind, kind);
  });
}

test('a question ends with its connection, also when the answer is a change of protocol', async () => {
  const upgrade = 'HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n';
  await using daemon = await new Daemon((socket) => {
    socket.once('data', () => socket.end(upgrade));
  }, 'connected').listen();
  const address = parseServerAddress(daemon.url);
  assert.ok(address !== undefined);
  const asking = exchange(
    address,
    { method: 'GET', path: '/ping', headers: {} },
    { clock: systemClock, connectTimeoutMs: 60_000 },
    new AbortController().signal,
  );
  await assert.rejects(asking, /it gave no answer/);
});

test('a scan that is given up waits for nobody', async () => {
  await using daemon = await new Daemon(() => {}).listen();
  const controller = new AbortController();
  const interest = new Interest();
  const view = Object.create(wholeMessage(message).viewWhile(interest), {
    signal: { value: controller.signal },
  });
  const options = optionsSchema.parse({ servers: [daemon.url] });
  const ends: string[] = [];
  const metrics: RspamdMetrics = {
    scanEnded: (end) => ends.push(end),
    answered() {},
    isUp() {},
  };
  const servers = new Failover({
    servers: options.servers,
    strategy: 'first',
    maxConcurrent: 1,
    timeoutMs: 60_000,
    clock: systemClock,
  });
  const scanning = scan(
    view,
    {
      servers,
      exchange: { clock: systemClock, connectTimeoutMs: 60_000 },
      envelopes: new EnvelopeSource(options.envelope),
      metrics,
      noteStrangeWriter() {},
    },
    options,
  );
  controller.abort(new Error('the client is gone'));
  const result = await scanning;
  assert.ok('verdict' in result && result.verdict.kind === 'tempfail');
  assert.deepEqual(ends, ['given_up']);
});
