import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import {
  type AutoconfigServices,
  startAutoconfigServer,
} from '../../../src/admin/autoconfig/autoconfig-server.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { toServerCertificate } from '../../../src/tls/certificate.ts';
import { createListenerSelfSigned } from '../../../src/tls/material.ts';
import { ServerTls } from '../../../src/tls/server-tls.ts';
import { randomTicketKeys } from '../../../src/tls/ticket-keys.ts';
import { autoconfigSettings } from '../../helpers/autoconfig.ts';

const wellKnown = '/.well-known/autoconfig/mail/config-v1.1.xml';

async function startServer(t: TestContext, changes: Partial<AutoconfigServices> = {}) {
  const settings = await autoconfigSettings();
  const server = await startAutoconfigServer(
    { address: '127.0.0.1', port: 0 },
    { settings: () => settings, tls: undefined, log: silentLogger, ...changes },
  );
  t.after(() => server.stop());
  return server;
}

/** Head and body of the answer to a request as it stands. */
async function ask(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  socket.write(request, 'latin1');
  await once(socket, 'close');
  return answer;
}

function get(port: number, path: string, host = 'x'): Promise<string> {
  return ask(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
}

function post(port: number, path: string, body: string): Promise<string> {
  const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body)}`;
  return ask(port, `${head}\r\n\r\n${body}`);
}

const request =
  '<Autodiscover><Request><EMailAddress>joe@example.net</EMailAddress></Request></Autodiscover>';

test('the domain of the address decides, in both places', async (t) => {
  const { port } = await startServer(t);
  for (const path of ['/mail/config-v1.1.xml', wellKnown]) {
    const answer = await get(port, `${path}?emailaddress=nobody%40EXAMPLE.org`);
    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.match(answer, /\r\nContent-Type: text\/xml; charset=utf-8\r\n/);
    assert.match(answer, /\r\nCache-Control: public, max-age=3600\r\n/);
    assert.match(answer, /<hostname>mail\.example\.net<\/hostname>/);
    assert.doesNotMatch(answer, /nobody/);
    const tagged = await get(port, `${path}?emailaddress=joe+tag@example.net`);
    assert.match(tagged, /^HTTP\/1\.1 200 /);
    for (const other of ['joe@other.example', 'example.net', '', '@', 'joe@example.net%00']) {
      const refused = await get(port, `${path}?emailaddress=${other}`, 'example.net');
      assert.match(refused, /^HTTP\/1\.1 404 /, other);
    }
  }
});

test('without an address the host decides, and only one that belongs to a domain', async (t) => {
  const { port } = await startServer(t);
  const hosts = [
    'example.net',
    'EXAMPLE.net:8080',
    'autoconfig.example.net',
    'autoconfig.example.org.',
  ];
  for (const host of hosts) {
    assert.match(await get(port, wellKnown, host), /^HTTP\/1\.1 200 /, host);
  }
  for (const host of ['x', 'evil.example.net', 'example.net.evil.example', '127.0.0.1', '[::1]']) {
    assert.match(await get(port, wellKnown, host), /^HTTP\/1\.1 404 /, host);
  }
});

test('Autodiscover is answered whatever the case of the path, and kept by nobody', async (t) => {
  const { port } = await startServer(t);
  for (const path of ['/autodiscover/autodiscover.xml', '/Autodiscover/Autodiscover.XML?x']) {
    const answer = await post(port, path, request);
    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.match(answer, /\r\nCache-Control: no-store\r\n/);
    assert.match(answer, /<SPA>off<\/SPA>/);
  }
  assert.match(await post(port, '/autodiscover/autodiscover.xml', 'x'), /<ErrorCode>600</);
});

test('a body that is too large is refused, also one that says nothing of its size', async (t) => {
  const { port } = await startServer(t);
  const large = 'x'.repeat(20_000);
  assert.match(await post(port, '/autodiscover/autodiscover.xml', large), /^(?:HTTP\/1\.1 413 |$)/);
  const chunked = `POST /autodiscover/autodiscover.xml HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${large.length.toString(16)}\r\n${large}\r\n`;
  assert.match(await ask(port, chunked), /^(?:HTTP\/1\.1 413 |$)/);
});

test('other methods and other pages are refused', async (t) => {
  const { port } = await startServer(t);
  assert.match(await post(port, wellKnown, ''), /^HTTP\/1\.1 405 .*\r\nAllow: GET, HEAD\r\n/s);
  assert.match(
    await get(port, '/autodiscover/autodiscover.xml'),
    /^HTTP\/1\.1 405 .*\r\nAllow: POST\r\n/s,
  );
  const head = await ask(port, `HEAD ${wellKnown} HTTP/1.1\r\nHost: example.net\r\n\r\n`);
  assert.match(head, /^HTTP\/1\.1 200 /);
  assert.ok(head.endsWith('\r\n\r\n'));
  for (const path of [
    '/',
    '/metrics',
    '/mail/',
    '/MAIL/config-v1.1.xml',
    '//mail/config-v1.1.xml',
  ]) {
    assert.match(await get(port, `${path}?emailaddress=a@example.net`), /^HTTP\/1\.1 404 /);
  }
});

test('a change of the configuration is told at once', async (t) => {
  let settings = await autoconfigSettings();
  const { port } = await startServer(t, { settings: () => settings });
  assert.match(await get(port, wellKnown, 'example.net'), /^HTTP\/1\.1 200 /);
  settings = new Map();
  assert.match(await get(port, wellKnown, 'example.net'), /^HTTP\/1\.1 404 /);
});

test('with certificates the pages are there by HTTPS alone', async (t) => {
  const pem = await createListenerSelfSigned();
  const tls = new ServerTls(
    { tlsProfile: 'intermediate', minTlsVersion: 'TLSv1.2' },
    [toServerCertificate(pem)],
    { ticketKeys: randomTicketKeys() },
  );
  const { port } = await startServer(t, { tls });
  const options = { port, host: '127.0.0.1', ca: pem.certPem, servername: 'localhost' };
  const socket = connectTls({ ...options, ALPNProtocols: ['h2', 'http/1.1'] });
  socket.write(`GET ${wellKnown} HTTP/1.1\r\nHost: example.net\r\n\r\n`);
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  assert.match(answer, /^HTTP\/1\.1 200 /);
  assert.equal(socket.alpnProtocol, 'http/1.1');
  assert.doesNotMatch(await get(port, wellKnown, 'example.net'), /^HTTP/);
});

test('stop ends what is open, also a handshake that has not begun', async (t) => {
  const pem = await createListenerSelfSigned();
  const tls = new ServerTls(
    { tlsProfile: 'intermediate', minTlsVersion: 'TLSv1.2' },
    [toServerCertificate(pem)],
    { ticketKeys: randomTicketKeys() },
  );
  const server = await startServer(t, { tls });
  const silent = connect(server.port, '127.0.0.1');
  silent.on('error', () => {});
  await once(silent, 'connect');
  const closed = once(silent, 'close');
  silent.resume();
  await server.stop();
  await closed;
});
