// HAProxy in front: whoever stands behind it is the client in the log and in the audit trail.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { dovecotMissing, startDovecot } from '../helpers/dovecot.ts';
import { haproxyMissing, startHaproxy } from '../helpers/haproxy.ts';
import { type ClientTls, Pop3Client } from '../helpers/pop3-client.ts';
import { type PosternInProcess, startPostern } from '../helpers/postern.ts';
import { eventually } from '../helpers/process.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const user = { name: 'kim', password: 'secret' };
const letter = Buffer.from('Subject: hello\r\n\r\nhello\r\n');
/** Not the address that HAProxy connects from. */
const clientAddress = '127.0.0.5';

function listener(tls: ClientTls, more: object): object {
  const certificate = { cert: './server.crt', key: './server.key' };
  const proxied = { from: ['127.0.0.1'], ...more };
  const common = { name: tls, address: '127.0.0.1', port: 0, tls, proxy_protocol: proxied };
  return tls === 'none' ? { ...common, plain_login: 'refused' } : { ...common, certificate };
}

function start(port: number): Promise<PosternInProcess> {
  return startPostern({
    upstream: { port, tls: 'none' },
    certificates,
    plugins: [{ use: 'audit-log', options: { file: './audit.jsonl' } }],
    settings: {
      listeners: [
        listener('none', { tls: 'trusted' }),
        listener('stls', {}),
        listener('implicit', {}),
      ],
    },
  });
}

interface AuditLine {
  readonly event: string;
  readonly client?: string;
  readonly via?: string;
  readonly tls?: string;
  readonly user?: string;
}

async function auditLines({ folder }: PosternInProcess): Promise<readonly AuditLine[]> {
  const text = await readFile(join(folder, 'audit.jsonl'), 'utf8');
  // A line without its end is being written.
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as AuditLine);
}

interface Case {
  readonly name: string;
  readonly sends: string;
  readonly tls: ClientTls;
  readonly ends: 'at HAProxy' | 'at Postern';
}

const cases: readonly Case[] = [
  { name: 'version 1, implicit TLS', sends: 'send-proxy', tls: 'implicit', ends: 'at Postern' },
  { name: 'version 2, implicit TLS', sends: 'send-proxy-v2', tls: 'implicit', ends: 'at Postern' },
  {
    name: 'version 2 with a checksum',
    sends: 'send-proxy-v2 proxy-v2-options crc32c,unique-id',
    tls: 'implicit',
    ends: 'at Postern',
  },
  { name: 'version 1, STLS', sends: 'send-proxy', tls: 'stls', ends: 'at Postern' },
  { name: 'version 2, STLS', sends: 'send-proxy-v2', tls: 'stls', ends: 'at Postern' },
  {
    name: 'version 2, TLS ended by HAProxy',
    sends: 'send-proxy-v2-ssl proxy-v2-options authority',
    tls: 'implicit',
    ends: 'at HAProxy',
  },
];

for (const { name, sends, tls, ends } of cases) {
  test(`the client behind HAProxy is known: ${name}`, async (t) => {
    if (!needs(t, haproxyMissing()) || !needs(t, dovecotMissing())) return;
    await using server = await startDovecot({ users: [user] });
    await server.deliver(user.name, [letter]);
    await using postern = await start(server.pop3Port);
    const isEndedBefore = ends === 'at HAProxy';
    await using haproxy = await startHaproxy({
      port: postern.port(isEndedBefore ? 'none' : tls),
      sends,
      ...(isEndedBefore && { certificate: certificates.server }),
    });
    const client = await Pop3Client.connect({
      port: haproxy.port,
      localAddress: clientAddress,
      tls,
      ca: certificates.caPem,
    });
    await client.login(user.name, user.password);
    assert.ok((await client.multiline('RETR 1')).body.includes('hello'));
    assert.match(await client.command('QUIT'), /^\+OK/);
    const lines = await eventually('the end is recorded', async () => {
      const found = await auditLines(postern);
      return found.some(({ event, user: of }) => event === 'sessionEnded' && of === user.name)
        ? found
        : undefined;
    });
    for (const line of lines.filter(({ user: of }) => of === user.name)) {
      assert.equal(line.client, clientAddress, line.event);
      assert.match(line.via ?? '', /^127\.0\.0\.1:\d+$/);
      assert.match(line.tls ?? '', /^TLSv1\.[23]$/);
    }
    const logged = postern.logLines.find(({ fields }) => fields['user'] === user.name);
    assert.equal(logged?.fields['client'], clientAddress);
  });
}

test('health checks of HAProxy leave neither warnings nor audit lines', async (t) => {
  if (!needs(t, haproxyMissing())) return;
  await using postern = await start(1);
  await using haproxy = await startHaproxy({
    port: postern.port('stls'),
    sends: 'send-proxy-v2 check inter 50ms',
  });
  // Whoever waits for HAProxy to listen is relayed like a mail program, and named with its `via`.
  const checks = await eventually('a check', async () => {
    const ended = postern.logLines.filter(({ text }) => text === 'session ended');
    const own = ended.filter(({ fields }) => fields['via'] === undefined);
    return own.length >= 1 ? own : undefined;
  });
  assert.ok(checks.every(({ level }) => level === 'debug'));
  assert.deepEqual(
    postern.logLines.filter(({ text }) => text.startsWith('connection refused')),
    [],
  );
  // Records keep their order: what the checks left would stand before those of this client.
  const client = await Pop3Client.connect({ port: haproxy.port, localAddress: clientAddress });
  assert.match(await client.command('QUIT'), /^\+OK/);
  const lines = await eventually('the end is recorded', async () => {
    const found = await auditLines(postern);
    const isOver = found.some(
      ({ event, client: address }) => event === 'sessionEnded' && address === clientAddress,
    );
    return isOver ? found : undefined;
  });
  const sessions = lines.filter(({ event }) => event.startsWith('session'));
  assert.ok(sessions.every(({ via }) => via !== undefined));
});

for (const version of ['v1', 'v2']) {
  test(`Dovecot is told who the client is: ${version}`, async (t) => {
    if (!needs(t, dovecotMissing())) return;
    await using server = await startDovecot({
      users: [user],
      extraConfig: `haproxy_trusted_networks = 127.0.0.1
service pop3-login {
  inet_listener pop3 {
    haproxy = yes
  }
}`,
    });
    const { pop3Port: port } = server;
    const plain = { tls: 'none', allow_plaintext_login: true, proxy_protocol: version };
    const upstream = { host: '127.0.0.1', port, ...plain };
    await using postern = await startPostern({
      upstream: { port, tls: 'none' },
      certificates,
      settings: { routes: [{ name: 'test', upstream }] },
    });
    const client = await Pop3Client.connect({
      port: postern.port('none'),
      localAddress: clientAddress,
    });
    await client.login(user.name, user.password);
    assert.match(await client.command('QUIT'), /^\+OK/);
    await eventually('the login is in the log of Dovecot', async () =>
      /Login: user=<kim>.*rip=127\.0\.0\.5/.test(await server.log()) ? true : undefined,
    );
  });
}
