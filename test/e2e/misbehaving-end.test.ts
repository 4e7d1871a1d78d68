// How sessions end when one side does not keep to the rules: a QUIT is confirmed only when the server has
// confirmed it, and a client that is gone deletes nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertNoUpdate, comeBack, messages, startBed } from '../helpers/misbehaving-upstream.ts';
import type { Pop3Client } from '../helpers/pop3-client.ts';
import { eventually } from '../helpers/process.ts';
import { type Answer, type Answers, wireReply } from '../helpers/scripted-maildrop.ts';
import { close, reset, send, silence } from '../helpers/scripted-upstream.ts';

const quits: Readonly<Record<string, { readonly answer: Answer; readonly told: RegExp }>> = {
  'closes instead of answering QUIT': {
    answer: [close()],
    told: /^-ERR \[SYS\/TEMP\] the connection to the mail server was lost$/,
  },
  'resets instead of answering QUIT': { answer: [reset()], told: comeBack },
  'is silent after QUIT': {
    answer: [silence()],
    told: /^-ERR \[SYS\/TEMP\] the mail server does not answer$/,
  },
  'answers half a line to QUIT': { answer: [send('+OK'), close()], told: comeBack },
  'answers +OKAY to QUIT': { answer: '+OKAY bye\r\n', told: comeBack },
  'refuses the update': {
    answer: '-ERR some deleted messages not removed\r\n',
    told: /^-ERR some deleted messages not removed$/,
  },
  'refuses the update with a code': {
    answer: '-ERR [SYS/PERM] read-only\r\n',
    told: /^-ERR \[SYS\/PERM\] read-only$/,
  },
};

for (const [name, { answer, told }] of Object.entries(quits)) {
  test(`a server that ${name} makes QUIT fail`, async () => {
    await using bed = await startBed({
      sessions: [{ answers: { QUIT: answer } }],
      timeouts: { reply: '1s' },
    });
    const client = await bed.logIn();
    assert.match(await client.command('DELE 2'), /^\+OK/);
    assert.match(await client.command('QUIT'), told);
    await client.closed;
    assert.match(bed.upstream.connections[0]?.received ?? '', /DELE 2\r\nQUIT\r\n$/);
    await bed.assertServes();
  });
}

const deletions: readonly [name: string, answers: Answers, told: RegExp][] = [
  ['refuses a DELE', { 'DELE 2': '-ERR locked\r\n' }, /^-ERR not removed by the mail server: 1$/],
  ['closes instead of answering a DELE', { 'DELE 2': [close()] }, comeBack],
  ['answers a DELE twice', { 'DELE 2': '+OK\r\n+OK\r\n' }, comeBack],
];

for (const [name, answers, told] of deletions) {
  test(`a server that ${name} makes QUIT fail, with no word before`, async () => {
    await using bed = await startBed({ sessions: [{ answers }] });
    const client = await bed.logIn();
    client.send('DELE 1\r\nDELE 2\r\nDELE 3\r\nQUIT\r\n');
    for (const _ of messages) assert.match(await client.readLine(), /^\+OK/);
    assert.match(await client.readLine(), told);
    await client.closed;
    await bed.assertServes();
  });
}

const departures: readonly [name: string, leave: (client: Pop3Client) => void][] = [
  ['vanishes', (client) => client.destroy()],
  [
    'vanishes in the middle of a command',
    (client) => {
      client.send('QUI');
      client.destroy();
    },
  ],
  ['is idle for too long', () => {}],
];

for (const [name, leave] of departures) {
  test(`for a client that ${name} nothing is deleted and no QUIT is sent`, async () => {
    await using bed = await startBed({ sessions: [], limits: { client_idle: '1s' } });
    const client = await bed.logIn();
    assert.match((await client.multiline('RETR 1')).status, /^\+OK/);
    assert.match(await client.command('DELE 1'), /^\+OK/);
    leave(client);
    await client.closed;
    // RFC 1939 s.3: an autologout says nothing.
    assert.equal(client.pending.length, 0);
    await eventually(
      'the server is left',
      async () => bed.upstream.connections[0]?.hasLeft || undefined,
    );
    assertNoUpdate(bed);
    await bed.assertServes();
  });
}

test('a client that vanishes in the middle of a message takes its server with it, without QUIT', async () => {
  const started = Promise.withResolvers<void>();
  const content = `Subject: long\r\n\r\n${'0123456789abcdef\r\n'.repeat(50_000)}`;
  await using bed = await startBed({
    sessions: [
      {
        answers: {
          'RETR 1': [
            send(wireReply(content).slice(0, -3)),
            { name: 'tell', run: () => started.resolve() },
            silence(),
          ],
        },
      },
    ],
  });
  const client = await bed.logIn();
  client.send('DELE 2\r\nRETR 1\r\nQUIT\r\n');
  assert.match(await client.readLine(), /^\+OK/);
  await started.promise;
  client.destroy();
  await bed.upstream.done();
  assertNoUpdate(bed);
  await bed.assertServes();
});
