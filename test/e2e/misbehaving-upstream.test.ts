// A server that breaks the rules before a message is asked for: the client is told in one -ERR with a
// code, or has a maildrop that is right; the next session is served.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comeBack, passReply, startBed } from '../helpers/misbehaving-upstream.ts';
import { type Answers, lines, okReply, sendForever } from '../helpers/scripted-maildrop.ts';
import { close, expect, expectEnd, reset, send, silence } from '../helpers/scripted-upstream.ts';

const hundredKilobytes = 'x'.repeat(100_000);

interface Fault {
  readonly answers: Answers;
  /** What PASS is answered with. */
  readonly told: RegExp;
  readonly timeouts?: Readonly<Record<string, string>>;
  readonly limits?: object;
}

const late = /^-ERR \[SYS\/TEMP\] the mail server does not answer$/;
const lost = /^-ERR \[SYS\/TEMP\] the connection to the mail server was lost$/;
const broken = /^-ERR \[SYS\/TEMP\] the mail server broke the protocol \(/;
const noReply = /^-ERR \[SYS\/TEMP\] the mail server sent something that is not a POP3 reply$/;
const badList = /^-ERR \[SYS\/TEMP\] the mail server sent a LIST line that cannot be read$/;
const badUidl = /^-ERR \[SYS\/TEMP\] the mail server sent a UIDL line that cannot be read$/;
const inconsistent = /^-ERR \[SYS\/TEMP\] the mail server sent an inconsistent list \(/;
const impatient = { reply: '1s' };

const greeting = (answer: Answers[string]): Answers => ({ greeting: answer });
const capa = (answer: Answers[string]): Answers => ({ CAPA: answer });
const user = (answer: Answers[string]): Answers => ({ 'USER kim': answer });
const pass = (answer: Answers[string]): Answers => ({ 'PASS secret': answer });
const list = (answer: Answers[string]): Answers => ({ LIST: answer });
const uidl = (answer: Answers[string]): Answers => ({ UIDL: answer });

const faults: Readonly<Record<string, Fault>> = {
  'is silent instead of a greeting': {
    answers: greeting([silence()]),
    told: late,
    timeouts: impatient,
  },
  'stops in the middle of its greeting': {
    answers: greeting([send('+OK rea'), silence()]),
    told: late,
    timeouts: impatient,
  },
  'is silent after CAPA': { answers: capa([silence()]), told: late, timeouts: impatient },
  'is silent after USER': { answers: user([silence()]), told: late, timeouts: impatient },
  'is silent after PASS': { answers: pass([silence()]), told: late, timeouts: impatient },
  'is silent after LIST': { answers: list([silence()]), told: late, timeouts: impatient },
  'stops in the middle of LIST': {
    answers: list([send('+OK\r\n1 20\r\n2 '), silence()]),
    told: late,
    timeouts: impatient,
  },

  'closes instead of a greeting': { answers: greeting([close()]), told: lost },
  'closes after USER': { answers: user([close()]), told: lost },
  'resets after PASS': { answers: pass([reset()]), told: lost },
  'closes in the middle of LIST': { answers: list([send('+OK\r\n1 20\r\n'), close()]), told: lost },
  'closes where only the end of UIDL is missing': {
    answers: uidl([send('+OK\r\n1 a\r\n2 b\r\n3 c\r\n.\r'), close()]),
    told: lost,
  },

  'greets with 100 KB in a line': {
    answers: greeting(`+OK ${hundredKilobytes}\r\n`),
    told: broken,
  },
  'greets with 100 KB of lines': {
    answers: greeting('+OK ready\r\n'.repeat(10_000)),
    told: broken,
  },
  'answers in a line that never ends': { answers: pass([sendForever('+OK x')]), told: broken },
  'announces without end': {
    answers: capa([send(okReply), sendForever('X-ABILITY 1\r\n')]),
    told: broken,
  },
  'lists without end': {
    answers: list([send(okReply), sendForever('1 20\r\n')]),
    told: broken,
    limits: { max_messages: 1000 },
  },
  'lists in a line that never ends': {
    answers: list([send(okReply), sendForever('1 20 and more ')]),
    told: broken,
  },
  'lists unique ids without end': {
    answers: uidl([send(okReply), sendForever('1 a\r\n')]),
    told: broken,
    limits: { max_messages: 1000 },
  },

  'sends a reply with its greeting': { answers: greeting('+OK ready\r\n+OK\r\n'), told: broken },
  'answers twice': { answers: user('+OK\r\n+OK\r\n'), told: broken },
  'answers -ERR after its +OK': { answers: pass('+OK\r\n-ERR no\r\n'), told: broken },
  'greets with +OKAY': { answers: greeting('+OKAY ready\r\n'), told: noReply },
  'answers +OKAY to PASS': { answers: pass('+OKAY\r\n'), told: noReply },
  'answers + to PASS': { answers: pass('+ \r\n'), told: noReply },
  'greets like an IMAP server': { answers: greeting('* OK ready\r\n'), told: noReply },
  'greets like an SMTP server': { answers: greeting('220 ready\r\n'), told: noReply },
  'answers with NUL in a reply': { answers: pass('+OK\0\r\n'), told: noReply },
  'answers with a lone CR in a reply': { answers: pass('+OK a\r+OK b\r\n'), told: noReply },
  'ends a listing and goes on': {
    answers: list(`${lines('+OK', '1 20')}2 30\r\n`),
    told: broken,
  },

  'says -ERR in the middle of LIST': {
    answers: list(lines('+OK', '1 20', '-ERR [SYS/TEMP] no')),
    told: badList,
  },
  'says -ERR in the middle of UIDL': {
    answers: uidl(lines('+OK', '1 a', '-ERR [SYS/TEMP] no')),
    told: badUidl,
  },
  'lists negative sizes': { answers: list(lines('+OK', '1 -20')), told: badList },
  'lists sizes that no message has': {
    answers: list(lines('+OK', `1 ${'9'.repeat(13)}`)),
    told: badList,
  },
  'lists a number twice': {
    answers: { LIST: lines('+OK', '1 1', '1 1'), UIDL: lines('+OK', '1 a', '2 b') },
    told: inconsistent,
  },
  'lists a unique id twice for a number': {
    answers: { LIST: lines('+OK', '1 1', '2 1'), UIDL: lines('+OK', '1 a', '1 b') },
    told: inconsistent,
  },
  'has fewer unique ids than messages': {
    answers: { LIST: lines('+OK', '1 1', '2 1'), UIDL: lines('+OK', '1 a') },
    told: inconsistent,
  },
  'has unique ids of other messages': {
    answers: { LIST: lines('+OK', '1 1', '2 1'), UIDL: lines('+OK', '1 a', '3 c') },
    told: inconsistent,
  },
  'has a unique id of 500 characters': {
    answers: uidl(lines('+OK', `1 ${'a'.repeat(500)}`, '2 b', '3 c')),
    told: badUidl,
  },
  'has a unique id with control characters': {
    answers: uidl(lines('+OK', '1 a\x1b[2J', '2 b', '3 c')),
    told: badUidl,
  },
};

for (const [name, { answers, told, timeouts, limits }] of Object.entries(faults)) {
  test(`a server that ${name} is answered for, and the next session is served`, async () => {
    await using bed = await startBed({
      sessions: [{ answers }],
      ...(timeouts === undefined ? {} : { timeouts }),
      ...(limits === undefined ? {} : { limits }),
    });
    const client = await bed.connect();
    assert.match(await passReply(client), told);
    // The client may try again on the same connection, with a connection of its own to the server.
    assert.match(await passReply(client), /^\+OK/);
    assert.match(await client.command('STAT'), /^\+OK 3 /);
    assert.match(await client.command('QUIT'), /^\+OK/);
    await client.closed;
    assert.doesNotMatch(bed.upstream.connections[0]?.received ?? '', /QUIT/);
    await bed.assertServes();
  });
}

const refusals: readonly [code: string, answers: (reply: string) => Answers][] = [
  ['[IN-USE]', pass],
  ['[LOGIN-DELAY]', pass],
  ['[AUTH]', pass],
  ['[SYS/TEMP]', pass],
  ['[SYS/PERM]', pass],
  ['[SYS/TEMP]', greeting],
  ['[SYS/PERM]', greeting],
  ['[AUTH]', user],
  ['[SYS/TEMP]', list],
  ['[SYS/PERM]', list],
  ['[SYS/TEMP]', uidl],
];

for (const [code, answers] of refusals) {
  const [said = ''] = Object.keys(answers(''));
  test(`a refusal with ${code} keeps its code and words (${said})`, async () => {
    await using bed = await startBed({
      sessions: [{ answers: answers(`-ERR ${code} not now\r\n`) }],
    });
    const client = await bed.connect();
    assert.equal(await passReply(client), `-ERR ${code} not now`);
    client.destroy();
    await bed.assertServes();
  });
}

test('a refusal with a code that is not known keeps its words', async () => {
  await using bed = await startBed({ sessions: [{ answers: pass('-ERR [X-ODD] no\x1b[2J\r\n') }] });
  const client = await bed.connect();
  assert.equal(await passReply(client), '-ERR no?[2J');
  client.destroy();
});

for (const [name, manner] of Object.entries({
  'one octet at a time': { inChunksOf: 1 },
  'three octets at a time': { inChunksOf: 3 },
})) {
  test(`a server that sends ${name} is understood throughout`, async () => {
    await using bed = await startBed({ sessions: [manner, manner] });
    await bed.assertServes();
    await bed.assertServes();
  });
}

test('answers to pipelined commands may come in one piece', async () => {
  const capabilities = lines('+OK', 'USER', 'UIDL', 'PIPELINING');
  await using bed = await startBed({
    sessions: [
      [
        send('+OK\r\n'),
        expect('CAPA'),
        send(capabilities),
        expect('USER kim'),
        send(okReply),
        expect('PASS secret'),
        send(okReply),
        expect('CAPA'),
        expect('LIST'),
        expect('UIDL'),
        send(`${capabilities}${lines('+OK', '1 10', '2 20')}${lines('+OK', '1 a', '2 b')}`),
        expect('DELE 1'),
        expect('DELE 2'),
        send('+OK\r\n-ERR locked\r\n'),
        expect('QUIT'),
        send('+OK bye\r\n'),
        expectEnd(),
      ],
    ],
  });
  const client = await bed.logIn();
  assert.equal((await client.multiline('UIDL')).body.toString(), '1 a\r\n2 b\r\n');
  client.send('DELE 1\r\nDELE 2\r\nQUIT\r\n');
  assert.match(await client.readLine(), /^\+OK/);
  assert.match(await client.readLine(), /^\+OK/);
  assert.equal(await client.readLine(), '-ERR not removed by the mail server: 1');
  await client.closed;
  await bed.upstream.done();
});

test('a surplus among answers in one piece is noticed', async () => {
  const capabilities = lines('+OK', 'USER', 'UIDL', 'PIPELINING');
  const listings = `${capabilities}${lines('+OK', '1 10')}${lines('+OK', '1 a')}`;
  await using bed = await startBed({
    sessions: [
      [
        send('+OK\r\n'),
        expect('CAPA'),
        send(capabilities),
        expect('USER kim'),
        send(okReply),
        expect('PASS secret'),
        send(okReply),
        expect('CAPA'),
        expect('LIST'),
        expect('UIDL'),
        send(`${listings}+OK forged\r\n`),
        expectEnd(),
      ],
    ],
  });
  const client = await bed.connect();
  const reply = await passReply(client);
  // The lists themselves were whole; whatever is asked next is refused.
  if (reply.startsWith('+OK')) {
    client.send('RETR 1\r\n');
    assert.match(await client.readLine(), broken);
    assert.match(await client.command('QUIT'), comeBack);
  } else {
    assert.match(reply, broken);
    client.destroy();
  }
  await bed.upstream.done();
  await bed.assertServes();
});

test('replies may end with LF alone', async () => {
  const answers = Object.fromEntries(
    Object.entries({
      greeting: '+OK ready\r\n',
      CAPA: lines('+OK', 'USER', 'UIDL'),
      'USER kim': okReply,
      'PASS secret': okReply,
      LIST: lines('+OK', '1 10', '2 20'),
      UIDL: lines('+OK', '1 a', '2 b'),
      QUIT: '+OK\r\n',
    }).map(([line, answer]) => [line, answer.replaceAll('\r\n', '\n')]),
  );
  await using bed = await startBed({ sessions: [{ answers }] });
  const client = await bed.logIn();
  assert.equal(await client.command('STAT'), '+OK 2 30');
  assert.equal((await client.multiline('UIDL')).raw.toString(), '1 a\r\n2 b\r\n.\r\n');
  assert.match(await client.command('QUIT'), /^\+OK/);
});

test('octets behind the +OK to STLS end the session before any credential is sent', async () => {
  const answers = {
    CAPA: lines('+OK', 'USER', 'STLS'),
    STLS: [send('+OK\r\n+OK forged\r\n'), expectEnd()],
  };
  await using bed = await startBed({ sessions: [{ answers }], tls: 'stls' });
  const client = await bed.connect();
  assert.match(await passReply(client), /^-ERR .*\S/);
  assert.equal(bed.upstream.connections[0]?.received, 'CAPA\r\nSTLS\r\n');
  client.destroy();
});

test('numbers with gaps, in any order, are counted from 1 and translated back', async () => {
  const answers = {
    LIST: lines('+OK', '9 90', '2 20 and more', '5 50'),
    UIDL: lines('+OK', '5 e', '9 i', '2 b'),
    'RETR 5': '+OK\r\nfive\r\n.\r\n',
    'DELE 9': okReply,
  };
  await using bed = await startBed({ sessions: [{ answers }] });
  const client = await bed.logIn();
  assert.equal((await client.multiline('LIST')).body.toString(), '1 20\r\n2 50\r\n3 90\r\n');
  assert.equal((await client.multiline('UIDL')).body.toString(), '1 b\r\n2 e\r\n3 i\r\n');
  assert.equal((await client.multiline('RETR 2')).body.toString(), 'five\r\n');
  assert.match(await client.command('RETR 5'), /^-ERR/);
  assert.match(await client.command('DELE 3'), /^\+OK/);
  assert.match(await client.command('QUIT'), /^\+OK/);
  assert.match(bed.upstream.connections[0]?.received ?? '', /DELE 9\r\nQUIT\r\n$/);
});

test('unique ids that are not unique, or long, come as they are', async () => {
  const long = 'u'.repeat(300);
  const stored = ['same', 'same', long].map((uidl, index) => ({
    uidl,
    content: `Subject: ${index}\r\n\r\n`,
  }));
  await using bed = await startBed({ sessions: [], stored });
  const client = await bed.logIn();
  const listed = (await client.multiline('UIDL')).body.toString();
  assert.equal(listed, `1 same\r\n2 same\r\n3 ${long}\r\n`);
  client.destroy();
  await bed.assertServes();
});
