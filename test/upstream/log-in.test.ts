// Logins over a socket: what the greeting, the switch to UTF-8 and the missing TLS do to them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TextMode } from '../../src/pop3/capability.ts';
import type { UpstreamClient } from '../../src/upstream/client.ts';
import {
  expect,
  expectEnd,
  type Script,
  send,
  startScriptedUpstream,
} from '../helpers/scripted-upstream.ts';
import { base64 } from './dialog-script.ts';
import { credentials, openClient, password, type TargetChanges } from './target.ts';

async function withClient(
  script: Script,
  use: (client: UpstreamClient) => Promise<void>,
  changes: TargetChanges = {},
): Promise<void> {
  await using upstream = await startScriptedUpstream([...script, expectEnd()]);
  const client = await openClient(upstream.port, changes);
  try {
    await use(client);
    client.close();
    await upstream.done();
  } finally {
    client.close();
  }
}

const logIn = (mode?: TextMode) => (client: UpstreamClient) => client.logIn(credentials, mode);

function greeted(greeting: string, ...capabilities: string[]): Script {
  const lines = capabilities.map((line) => `${line}\r\n`).join('');
  return [send(`${greeting}\r\n`), expect('CAPA'), send(`+OK\r\n${lines}.\r\n`)];
}

test('without TLS the time stamp of the greeting makes APOP possible', async () => {
  await withClient(
    [...greeted('+OK ready <1@x>', 'USER'), expect(/^APOP bob [0-9a-f]{32}$/), send('+OK\r\n')],
    logIn(),
    { allowPlaintextLogin: false },
  );
});

test('a time stamp with other octets is none, and nothing is sent', async () => {
  await withClient(
    greeted('+OK ready <\xe9@x>', 'USER'),
    (client) => assert.rejects(logIn()(client), { code: 'UPSTREAM_NOT_ENCRYPTED' }),
    { allowPlaintextLogin: false },
  );
});

test('a server that offers nothing usable gets nothing, whatever the connection', async () => {
  await withClient(greeted('+OK ready', 'SASL GSSAPI NTLM'), (client) =>
    assert.rejects(logIn()(client), { code: 'UPSTREAM_NO_LOGIN_METHOD' }),
  );
});

test('a refused method is not followed by another, though the server offers one', async () => {
  const challenge = `+ ${base64('<1@x>')}\r\n`;
  await withClient(
    [
      ...greeted('+OK ready <1@x>', 'USER', 'SASL CRAM-MD5 PLAIN LOGIN'),
      expect('AUTH CRAM-MD5'),
      send(challenge, { inChunksOf: 1 }),
      expect(/^[A-Za-z0-9+/=]+$/),
      send('-ERR [AUTH] no\r\n'),
    ],
    async (client) => {
      await assert.rejects(logIn()(client), {
        code: 'UPSTREAM_LOGIN_REFUSED',
        responseCode: 'AUTH',
      });
      assert.ok(!client.isOpen);
    },
  );
});

test('SCRAM is left when the server offers a challenge that cannot be used', async () => {
  await withClient(
    [
      ...greeted('+OK ready', 'SASL SCRAM-SHA-256 PLAIN'),
      expect(/^AUTH SCRAM-SHA-256 /),
      send(`+ ${base64('r=other,s=AAAA,i=4096')}\r\n`),
    ],
    (client) => assert.rejects(logIn()(client), { code: 'UPSTREAM_PROTOCOL' }),
  );
});

test('a challenge that does not end is given up', async () => {
  await withClient(
    [
      ...greeted('+OK ready', 'SASL CRAM-MD5'),
      expect('AUTH CRAM-MD5'),
      send(`+ ${'A'.repeat(100_000)}`),
    ],
    (client) => assert.rejects(logIn()(client), { code: 'UPSTREAM_PROTOCOL' }),
  );
});

test('in utf8 mode the server switches before it is logged in to', async () => {
  await withClient(
    [
      ...greeted('+OK ready', 'UTF8', 'USER'),
      expect('UTF8'),
      send('+OK\r\n'),
      expect('USER bob'),
      send('+OK\r\n'),
      expect(`PASS ${password}`),
      send('+OK\r\n'),
    ],
    logIn('utf8'),
  );
});

const noUtf8 = { code: 'UPSTREAM_NO_UTF8', fault: 'upstream', responseCode: 'SYS/PERM' };

test('a server that refuses to switch gets no password', async () => {
  await withClient(
    [...greeted('+OK ready', 'UTF8', 'USER'), expect('UTF8'), send('-ERR [AUTH] not now\r\n')],
    (client) => assert.rejects(logIn('utf8')(client), noUtf8),
  );
});

test('a server without UTF8 is not asked and gets no password', async () => {
  await withClient(greeted('+OK ready', 'USER'), (client) =>
    assert.rejects(logIn('utf8')(client), noUtf8),
  );
});

test('in octets mode a server that has UTF8 is not switched', async () => {
  await withClient(
    [
      ...greeted('+OK ready', 'UTF8', 'SASL PLAIN'),
      expect(`AUTH PLAIN ${base64(`\0bob\0${password}`)}`),
      send('+OK\r\n'),
    ],
    logIn('octets'),
  );
});
