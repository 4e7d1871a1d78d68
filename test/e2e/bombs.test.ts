// Files that unpack to gigabytes, through the whole proxy: each gets its verdict, the session goes on, and
// the process stays small.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { dovecotMissing, startDovecot } from '../helpers/dovecot.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { startPosternProcess } from '../helpers/postern.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';
import { bombs } from '../plugins/attachment-policy/bombs.ts';

const certificates = makeTestCertificates();
const password = 'secret';
/** Of the whole process; the largest sample alone has more than 10 MB, and 4 GB would be unpacked. */
const mostMegabytes = 600;

// Of those with limits of their own the defaults think differently.
const samples = bombs.filter(({ limits }) => limits === undefined);

function messageWith(name: string, content: Buffer): Buffer {
  const lines = content.toString('base64').replaceAll(/.{76}/g, '$&\r\n');
  const header = [
    'From: a@example.org',
    `Subject: ${name}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    `Content-Disposition: attachment; filename="${name}"`,
    'Content-Type: application/octet-stream',
    'Content-Transfer-Encoding: base64',
    '',
  ];
  return Buffer.from([...header, lines, '--b--', ''].join('\r\n'), 'latin1');
}

test('bombs cost bounded memory, each gets its verdict, and the session goes on', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  await using dovecot = await startDovecot({ users: [{ name: 'joe', password }] });
  for (const { name, content } of samples) {
    await dovecot.deliver('joe', [messageWith(name, content())]);
  }
  await using postern = await startPosternProcess({
    upstream: { port: dovecot.pop3Port, tls: 'none' },
    certificates,
    plugins: [{ use: 'attachment-policy', on_flag: 'tag' }],
  });
  const client = await Pop3Client.connect({ port: postern.port('none') });
  await client.login('joe', password);
  for (const [index, { what, trait }] of samples.entries()) {
    const { status, body } = await client.multiline(`RETR ${index + 1}`);
    assert.match(status, /^\+OK/, what);
    const finding = trait === 'too-deep' ? 'archive-bomb' : trait;
    const named = new RegExp(`^X-Postern-Finding: attachment-policy=${finding}`, 'm');
    assert.match(body.toString('latin1', 0, 4000), named, what);
    assert.match(await client.command('NOOP'), /^\+OK/, what);
  }
  assert.match(await client.command('QUIT'), /^\+OK/);
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${postern.pid}/status`, 'utf8'))?.[1];
  const megabytes = Number(peak) / 1024;
  t.diagnostic(`${samples.length} bombs, peak memory ${megabytes.toFixed(0)} MB`);
  assert.ok(megabytes < mostMegabytes, `${megabytes} MB`);
});
