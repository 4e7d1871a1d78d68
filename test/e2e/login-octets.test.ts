// Names and passwords reach the upstream octet for octet, also from clients that talk before the greeting.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { startPostern } from '../helpers/postern.ts';
import { serveMaildrop } from '../helpers/scripted-maildrop.ts';
import { startScriptedUpstream } from '../helpers/scripted-upstream.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const cases: readonly [what: string, user: string, password: string][] = [
  ['the recent: prefix of Gmail', 'recent:ann@example.org', 'secret'],
  ['blanks around and within a password', 'ann', '  two words '],
  ['octets above 126', 'k\xf6nig', 'p\xe4ss\xff'],
  ['signs that other proxies split at', 'Ann+x@host:110#y%z', 'a:b@c'],
];

for (const [what, user, password] of cases) {
  test(`${what}: sent before the greeting, it comes through as it is`, async () => {
    const answers = { [`USER ${user}`]: '+OK\r\n', [`PASS ${password}`]: '+OK\r\n' };
    await using upstream = await startScriptedUpstream(() => serveMaildrop([], { answers }));
    await using postern = await startPostern({
      upstream: { port: upstream.port, tls: 'none' },
      certificates: makeTestCertificates(),
    });
    const socket = connect(postern.port('none'), '127.0.0.1');
    socket.write(Buffer.from(`USER ${user}\r\nPASS ${password}\r\nQUIT\r\n`, 'latin1'));
    let replies = '';
    socket.on('data', (chunk) => {
      replies += chunk.toString('latin1');
    });
    await once(socket, 'close');
    assert.match(replies, /^(?:\+OK[^\r\n]*\r\n){4}$/);
    assert.ok(upstream.connections[0]?.received.includes(`USER ${user}\r\nPASS ${password}\r\n`));
  });
}
