// A server that lists a message as small and then sends without end costs its session once; at the next
// poll the message is refused without asking for it, and the messages behind it arrive.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { startPostern } from '../helpers/postern.ts';
import { expect, send, startScriptedUpstream } from '../helpers/scripted-upstream.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

/** What the server cannot do is known from the first session on. */
const login = (session: number) => [
  send('+OK hi\r\n'),
  ...(session === 0 ? noCapabilities : []),
  expect('USER kim'),
  send('+OK\r\n'),
  expect('PASS secret'),
  send('+OK\r\n'),
  ...(session === 0 ? noCapabilities : []),
  expect('LIST'),
  send('+OK\r\n1 10\r\n2 17\r\n.\r\n'),
  expect('UIDL'),
  send('+OK\r\n1 a\r\n2 b\r\n.\r\n'),
];
const noCapabilities = [expect('CAPA'), send('-ERR\r\n')];
const small = 'Subject: x\r\n\r\ny\r\n';

for (const plugins of [[], [{ use: 'attachment-policy' }]]) {
  test(`a message of unlisted size is asked for once (${plugins.length} plugins)`, async () => {
    await using upstream = await startScriptedUpstream((session) =>
      session === 0
        ? [...login(0), expect('RETR 1'), send(`+OK\r\n${'x'.repeat(3000)}\r\n`)]
        : [...login(session), expect('RETR 2'), send(`+OK\r\n${small}.\r\n`)],
    );
    await using postern = await startPostern({
      upstream: { port: upstream.port, tls: 'none' },
      certificates: makeTestCertificates(),
      plugins,
      settings: { limits: { max_message: '1KB' } },
    });
    const first = await Pop3Client.connect({ port: postern.port('none') });
    await first.login('kim', 'secret');
    await assert.rejects(
      first.multiline('RETR 1').then(({ status }) => assert.match(status, /^\+OK/)),
    );
    first.destroy();
    const second = await Pop3Client.connect({ port: postern.port('none') });
    await second.login('kim', 'secret');
    assert.match((await second.multiline('RETR 1')).status, /^-ERR \[SYS\/PERM\]/);
    assert.equal((await second.multiline('RETR 2')).body.toString(), small);
    second.destroy();
  });
}
