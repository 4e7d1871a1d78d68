// A server that breaks the rules while it sends a message, with and without plugins: the client gets
// the message, a -ERR with a code or a cut connection, never something that looks whole and is not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assertBroken,
  assertIsMessage,
  assertNoUpdate,
  type Bed,
  type Chain,
  chains,
  comeBack,
  messages,
  outcomeOf,
  startBed,
} from '../helpers/misbehaving-upstream.ts';
import type { Pop3Client } from '../helpers/pop3-client.ts';
import {
  type Answer,
  type Answers,
  type Manner,
  sendForever,
  wireReply,
} from '../helpers/scripted-maildrop.ts';
import { close, reset, type Step, send, silence } from '../helpers/scripted-upstream.ts';

const [first, second, third] = messages.map(({ content }) => content) as [string, string, string];
const reply = wireReply(first);
const half = reply.slice(0, reply.indexOf('one'));

/** Answers to RETR 1 that hold no whole message. */
const torn: Readonly<Record<string, Answer>> = {
  'is silent instead of a reply': [silence()],
  'is silent in the middle of the status line': [send('+OK'), silence()],
  'is silent in the middle of the message': [send(half), silence()],
  'is silent where only the last octet is missing': [send(reply.slice(0, -1)), silence()],
  'ends the message with LF alone': [send('+OK\r\nSubject: x\n\nbody\n.\n'), silence()],
  'has a lone LF before the final dot': [send('+OK\r\nSubject: x\r\n\r\nbody\n.\r\n'), silence()],
  'has a lone CR before the final dot': [send('+OK\r\nSubject: x\r\n\r\nbody\r.\r\n'), silence()],
  'says -ERR after its +OK and leaves': [send('+OK\r\n-ERR [SYS/TEMP] disk\r\n'), close()],
  'answers +OKAY': reply.replace('+OK', '+OKAY'),
  'answers +': '+ \r\n',
  'answers without a status line': first,
  'answers in a status line that never ends': [sendForever('+OK x')],
  'ends the connection instead of a reply': [close()],
};

for (const chain of chains) {
  for (const [name, answer] of Object.entries(torn)) {
    test(`a server that ${name} gives no message, with ${chain}`, async () => {
      await using bed = await startBed({
        chain,
        sessions: [{ answers: { 'RETR 1': answer } }],
        timeouts: { reply: '1s' },
      });
      await assertTorn(bed);
      await bed.assertServes();
    });
  }

  for (const [how, end] of [
    ['closed', close()],
    ['reset', reset()],
  ] as const) {
    test(`a connection ${how} at any octet of a message gives no message, with ${chain}`, async () => {
      const offsets = [...reply.slice(0, -1)].map((_, index) => index);
      const sessions = offsets.map(
        (offset): Manner => ({ answers: { 'RETR 1': [send(reply.slice(0, offset)), end] } }),
      );
      await using bed = await startBed({ chain, sessions });
      for (const _ of offsets) await assertTorn(bed);
      await bed.assertServes();
    });
  }

  test(`a terminator is found wherever it is cut in two, with ${chain}`, async () => {
    const cuts = [1, 2, 3, 4, 5, 6];
    const sessions = cuts.map((octets): Manner => {
      const steps: Step[] = [send(reply.slice(0, -octets)), pause, send(reply.slice(-octets))];
      return { answers: { 'RETR 1': steps } };
    });
    await using bed = await startBed({ chain, sessions });
    for (const _ of cuts) await bed.assertServes();
  });

  test(`octets behind a message reach nobody and end the session upstream, with ${chain}`, async () => {
    for (const surplus of ['+OK forged\r\nSubject: forged\r\n\r\n.\r\n', 'x', '\r\n']) {
      await using bed = await startBed({
        chain,
        sessions: [{ answers: { 'RETR 1': `${reply}${surplus}` } }],
      });
      const client = await bed.logIn();
      assertIsMessage(await client.multiline('RETR 1'), first, chain);
      assert.match((await client.multiline('RETR 2')).status, comeBack);
      assert.equal(client.pending.length, 0);
      assert.match(await client.command('DELE 1'), /^\+OK/);
      assert.match(await client.command('QUIT'), comeBack);
      assertNoUpdate(bed);
      await bed.assertServes();
    }
  });

  test(`a reply that comes before its question is not taken for the answer, with ${chain}`, async () => {
    const early = [send(wireReply(second)), pause, send(wireReply('forged\r\n'))];
    await using bed = await startBed({ chain, sessions: [{ answers: { 'RETR 2': early } }] });
    const client = await bed.logIn();
    const { status, body } = await client.multiline('RETR 2');
    if (status.startsWith('+OK')) assert.ok(body.toString().endsWith(second));
    assert.match((await client.multiline('RETR 3')).status, comeBack);
    client.destroy();
    await bed.assertServes();
  });

  for (const code of ['[SYS/TEMP]', '[SYS/PERM]', '[IN-USE]', '[AUTH]']) {
    test(`a message refused with ${code} keeps the code and blocks no other, with ${chain}`, async () => {
      await assertOthersArrive(
        chain,
        { 'RETR 2': `-ERR ${code} not this one\r\n` },
        async (client) => {
          assert.equal((await client.multiline('RETR 2')).status, `-ERR ${code} not this one`);
        },
      );
    });
  }

  test(`a message larger than allowed blocks no other, with ${chain}`, async () => {
    const limits = { max_message: '1KB' };
    const LIST = `+OK\r\n1 ${first.length}\r\n2 1025\r\n3 ${third.length}\r\n.\r\n`;
    await assertOthersArrive(
      chain,
      { LIST },
      async (client) => {
        assert.match((await client.multiline('RETR 2')).status, /^-ERR \[SYS\/PERM\] /);
      },
      limits,
    );
  });

  test(`a message that never ends is not waited for, with ${chain}`, async () => {
    await using bed = await startBed({
      chain,
      sessions: [{ answers: { 'RETR 1': [send('+OK\r\n'), sendForever('Subject: x\r\n')] } }],
      limits: { max_message: '1MB' },
    });
    const client = await bed.logIn();
    client.send('RETR 1\r\n');
    const { status, isComplete } = await outcomeOf(client);
    assert.equal(isComplete, false);
    if (status.startsWith('-')) assert.match(status, /^-ERR \[SYS\/PERM\] /);
    client.destroy();
    // Passed over once, so that what is behind it arrives.
    const next = await bed.logIn();
    assert.match((await next.multiline('RETR 1')).status, /^-ERR \[SYS\/PERM\] /);
    assert.match((await next.multiline('RETR 2')).status, /^\+OK/);
    next.destroy();
    await bed.assertServes();
  });

  const odd: Readonly<Record<string, string>> = {
    'with NUL': 'Subject: odd\r\n\r\nbefore\0after\r\n\0\r\n',
    'with LF line ends': 'Subject: odd\n\nbody\n.dot\nend\r\n',
    'with lone CR': 'Subject: odd\r\n\r\none\rtwo\r\r\n\r.x\r\n',
    'that looks like a refusal': 'Subject: odd\r\n\r\n-ERR [SYS/TEMP] disk\r\n',
    'without a line end': 'Subject: odd\r\n\r\nend',
  };
  for (const [name, content] of Object.entries(odd)) {
    test(`a message ${name} arrives octet for octet, with ${chain}`, async () => {
      await using bed = await startBed({ chain, sessions: [], stored: [{ uidl: 'odd', content }] });
      const client = await bed.logIn();
      const { status, body } = await client.multiline('RETR 1');
      assert.match(status, /^\+OK/);
      // A line that has no end gets one, as RFC 1939 s.3 demands.
      const expected = content.endsWith('\r\n') ? content : `${content}\r\n`;
      assert.ok(
        body.toString('latin1').endsWith(expected),
        JSON.stringify(body.toString('latin1')),
      );
      client.destroy();
    });
  }

  test(`dots between lone line ends cannot end a message, with ${chain}`, async () => {
    const content = 'Subject: odd\r\n\r\na\n.\nforged\r.\rforged\r\n';
    await using bed = await startBed({ chain, sessions: [], stored: [{ uidl: 'odd', content }] });
    const client = await bed.logIn();
    const { raw } = await client.multiline('RETR 1');
    assert.doesNotMatch(raw.subarray(0, -3).toString('latin1'), /[\r\n]\.[\r\n]/);
    assert.match(raw.toString('latin1'), /a\n\.\.\nforged\r\.\.\rforged\r\n\.\r\n$/);
    client.destroy();
  });
}

test('once the server is lost, each message is refused and nothing is deleted', async () => {
  await using bed = await startBed({
    chain: 'a chain',
    sessions: [{ answers: { 'RETR 2': [send('+OK\r\n'), close()] } }],
  });
  const client = await bed.logIn();
  assert.match((await client.multiline('RETR 1')).status, /^\+OK/);
  assert.match(await client.command('DELE 1'), /^\+OK/);
  const lost = '-ERR [SYS/TEMP] the connection to the mail server was lost';
  assert.equal((await client.multiline('RETR 2')).status, lost);
  assert.equal((await client.multiline('RETR 3')).status, lost);
  // What Postern knows by itself is still answered.
  assert.match(await client.command('STAT'), /^\+OK 2 /);
  assert.equal(await client.command('QUIT'), lost);
  await client.closed;
  assertNoUpdate(bed);
  await bed.assertServes();
});

/** A turn of the event loop, in which what was sent so far leaves. */
const pause: Step = { name: 'pause', run: () => new Promise(setImmediate) };

/** RETR 1 of this session fails, and what is pipelined behind it has no effect. */
async function assertTorn(bed: Bed): Promise<void> {
  const client = await bed.logIn();
  client.send('RETR 1\r\nDELE 1\r\nQUIT\r\n');
  assertBroken(await outcomeOf(client));
  await client.closed;
  assertNoUpdate(bed);
}

/** RETR 2 fails; the first and the third message come all the same, and are deleted. */
async function assertOthersArrive(
  chain: Chain,
  answers: Answers,
  fail: (client: Pop3Client) => Promise<void>,
  limits?: object,
): Promise<void> {
  await using bed = await startBed({
    chain,
    sessions: [{ answers }],
    ...(limits === undefined ? {} : { limits }),
  });
  const client = await bed.logIn();
  assertIsMessage(await client.multiline('RETR 1'), first, chain);
  await fail(client);
  assertIsMessage(await client.multiline('RETR 3'), third, chain);
  client.send('DELE 1\r\nDELE 3\r\nQUIT\r\n');
  for (const _ of ['DELE 1', 'DELE 3', 'QUIT']) assert.match(await client.readLine(), /^\+OK/);
  await client.closed;
  assert.match(bed.upstream.connections[0]?.received ?? '', /DELE 1\r\nDELE 3\r\nQUIT\r\n$/);
}
