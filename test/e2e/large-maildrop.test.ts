// A maildrop of as many messages as are allowed by default: it opens, its lists are right, and the
// memory that it takes is bounded.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { certificates, passReply } from '../helpers/misbehaving-upstream.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { startPostern, startPosternProcess } from '../helpers/postern.ts';
import { listing, okReply, serveMaildrop } from '../helpers/scripted-maildrop.ts';
import { startScriptedUpstream } from '../helpers/scripted-upstream.ts';

const count = 200_000;
const peakLimitMegabytes = 500;
const numbers = Array.from({ length: count }, (_, index) => index + 1);
const list = listing(numbers.map((number) => `${number} ${1000 + number}`));
const uidl = listing(numbers.map((number) => `${number} ${'u'.repeat(60)}${number}`));
const answers = {
  LIST: list,
  UIDL: uidl,
  [`RETR ${count}`]: '+OK\r\nSubject: last\r\n\r\n.\r\n',
  [`DELE ${count}`]: okReply,
};

function withoutStatus(reply: string): string {
  return reply.slice(reply.indexOf('\n') + 1);
}

test(`${count} messages are listed and fetched like three, in bounded memory`, async (t) => {
  await using upstream = await startScriptedUpstream(() => serveMaildrop([], { answers }));
  await using postern = await startPosternProcess({
    upstream: { port: upstream.port, tls: 'none' },
    certificates,
    plugins: [{ use: 'attachment-policy' }],
  });
  const client = await Pop3Client.connect({ port: postern.port('none') });
  assert.match(await passReply(client), /^\+OK/);
  const sum = numbers.reduce((octets, number) => octets + 1000 + number, 0);
  assert.equal(await client.command('STAT'), `+OK ${count} ${sum}`);
  assert.ok((await client.multiline('LIST')).raw.equals(Buffer.from(withoutStatus(list))));
  assert.ok((await client.multiline('UIDL')).raw.equals(Buffer.from(withoutStatus(uidl))));
  assert.match((await client.multiline(`RETR ${count}`)).status, /^\+OK/);
  assert.match(await client.command(`DELE ${count}`), /^\+OK/);
  assert.match(await client.command('STAT'), new RegExp(`^\\+OK ${count - 1} `));
  const peak = peakMegabytes(postern.pid);
  t.diagnostic(`peak of resident memory: ${peak} MB`);
  assert.ok(peak < peakLimitMegabytes, `${peak} MB`);
  assert.match(await client.command('QUIT'), /^\+OK/);
});

test('one message more than is allowed is refused', async () => {
  const more = list.replace(/\.\r\n$/, `${count + 1} 5\r\n.\r\n`);
  await using upstream = await startScriptedUpstream(() =>
    serveMaildrop([], { answers: { ...answers, LIST: more } }),
  );
  await using postern = await startPostern({
    upstream: { port: upstream.port, tls: 'none' },
    certificates,
  });
  const client = await Pop3Client.connect({ port: postern.port('none') });
  const told = '-ERR [SYS/TEMP] the mail server broke the protocol (too many lines)';
  assert.equal(await passReply(client), told);
  client.destroy();
});

/** Of a process on Linux, since its start. */
function peakMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024);
}
