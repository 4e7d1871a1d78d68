import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, describe, test } from 'node:test';
import { type RunningSampleServer, startSampleServer } from '../../src/demo/sample-server.ts';
import { createSelfSigned } from '../../src/tls/self-signed.ts';

const account = { user: 'reader', password: 'two words' };
const messages = [
  { uidl: 'first', content: Buffer.from('Subject: 1\r\n\r\n.dot\r\n.\r\nlast\r\n') },
  { uidl: 'second', content: Buffer.from('Subject: 2\r\n\r\nbody\r\n') },
];
const greeting = '+OK sample mailbox ready\r\n';
const login = 'USER reader\r\nPASS two words\r\n';
const loggedIn = '+OK send PASS\r\n+OK maildrop ready\r\n';
const bye = '+OK bye\r\n';

const servers: RunningSampleServer[] = [];
after(async () => {
  for (const server of servers) await server.stop();
});

async function start(transport: Parameters<typeof startSampleServer>[0]['transport']) {
  const server = await startSampleServer({ messages, account, transport });
  servers.push(server);
  return server;
}

async function connectTo(server: RunningSampleServer): Promise<Socket> {
  const socket = connect({ host: server.address, port: server.port, noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** Sends everything at once, or in pieces, and returns all that comes until the server closes. */
async function converse(
  server: RunningSampleServer,
  pieces: Iterable<string | Buffer>,
): Promise<string> {
  const socket = await connectTo(server);
  for (const piece of pieces) socket.write(piece);
  const chunks: Buffer[] = await socket.toArray();
  return Buffer.concat(chunks).toString('latin1');
}

const plain = await start({ kind: 'plain' });

const sessions: readonly [string, string, string][] = [
  ['STAT counts and adds up', 'STAT\r\n', '+OK 2 49\r\n'],
  ['LIST shows sizes without stuffing', 'LIST\r\n', '+OK 2 messages\r\n1 29\r\n2 20\r\n.\r\n'],
  ['LIST takes a number', 'LIST 2\r\nLIST 3\r\n', '+OK 2 20\r\n-ERR no such message\r\n'],
  ['UIDL shows the ids', 'UIDL\r\n', '+OK 2 messages\r\n1 first\r\n2 second\r\n.\r\n'],
  [
    'RETR doubles dots at line starts',
    'RETR 1\r\n',
    '+OK 29 octets\r\nSubject: 1\r\n\r\n..dot\r\n..\r\nlast\r\n.\r\n',
  ],
  [
    'TOP with 0 lines gives the header only',
    'TOP 1 0\r\n',
    '+OK top of the message follows\r\nSubject: 1\r\n\r\n.\r\n',
  ],
  [
    'TOP gives as many lines as asked',
    'TOP 1 2\r\n',
    '+OK top of the message follows\r\nSubject: 1\r\n\r\n..dot\r\n..\r\n.\r\n',
  ],
  [
    'TOP with more lines than there are gives the message',
    'TOP 2 999\r\n',
    '+OK top of the message follows\r\nSubject: 2\r\n\r\nbody\r\n.\r\n',
  ],
  ['TOP without a number is refused', 'TOP 1\r\n', '-ERR TOP needs a number of lines\r\n'],
  [
    'numbers stay after DELE, and RSET takes the mark back',
    'DELE 1\r\nSTAT\r\nLIST\r\nRETR 1\r\nRSET\r\nSTAT\r\n',
    '+OK marked\r\n+OK 1 20\r\n+OK 1 messages\r\n2 20\r\n.\r\n-ERR no such message\r\n' +
      '+OK nothing is marked\r\n+OK 2 49\r\n',
  ],
  ['NOOP and unknown words', 'NOOP\r\nXYZZ\r\n', '+OK\r\n-ERR unknown command\r\n'],
];

describe('a scripted session', () => {
  for (const [name, commands, replies] of sessions) {
    const script = `${login}${commands}QUIT\r\n`;
    const expected = `${greeting}${loggedIn}${replies}${bye}`;
    test(`${name} (pipelined in one segment)`, async () => {
      assert.equal(await converse(plain, [script]), expected);
    });
    test(`${name} (one octet at a time)`, async () => {
      assert.equal(await converse(plain, script), expected);
    });
  }
});

describe('login', () => {
  test('AUTH PLAIN with an initial response', async () => {
    const response = Buffer.from('\0reader\0two words').toString('base64');
    const replies = await converse(plain, [`AUTH PLAIN ${response}\r\nSTAT\r\nQUIT\r\n`]);
    assert.equal(replies, `${greeting}+OK maildrop ready\r\n+OK 2 49\r\n${bye}`);
  });

  test('AUTH PLAIN in two steps', async () => {
    const response = Buffer.from('\0reader\0two words').toString('base64');
    const replies = await converse(plain, [`AUTH PLAIN\r\n${response}\r\nQUIT\r\n`]);
    assert.equal(replies, `${greeting}+ \r\n+OK maildrop ready\r\n${bye}`);
  });

  test('a wrong password is refused, and nothing works before login', async () => {
    const replies = await converse(plain, ['STAT\r\nUSER reader\r\nPASS two\r\nSTAT\r\nQUIT\r\n']);
    assert.equal(
      replies,
      `${greeting}-ERR log in first\r\n+OK send PASS\r\n` +
        `-ERR [AUTH] wrong user or password\r\n-ERR log in first\r\n${bye}`,
    );
  });

  test('the record of a connection holds verbs and no password', async () => {
    await converse(plain, [`${login}STAT\r\nQUIT\r\n`]);
    assert.deepEqual(plain.connections.at(-1), {
      verbs: ['USER', 'PASS', 'STAT', 'QUIT'],
      isEncrypted: false,
      ending: 'quit',
    });
  });
});

describe('deletion', () => {
  test('takes effect at QUIT only', async () => {
    const server = await start({ kind: 'plain' });
    const leaving = await connectTo(server);
    leaving.write(`${login}DELE 2\r\n`);
    const seen: Buffer[] = [];
    for await (const chunk of leaving) {
      seen.push(chunk);
      if (Buffer.concat(seen).includes('+OK marked')) break;
    }
    assert.deepEqual(server.uidls, ['first', 'second']);
    await converse(server, [`${login}DELE 1\r\nQUIT\r\n`]);
    assert.deepEqual(server.uidls, ['second']);
  });
});

describe('STLS', async () => {
  const request = { commonName: 'demo', dnsNames: ['localhost'], ipAddresses: [], days: 1 };
  const server = await start({ kind: 'stls', certificate: await createSelfSigned(request) });

  test('is offered before login', async () => {
    const replies = await converse(server, ['CAPA\r\nQUIT\r\n']);
    assert.match(replies, /\r\nSTLS\r\n/);
  });

  test('with octets behind it the connection ends without a reply', async () => {
    assert.equal(await converse(server, ['STLS\r\nUSER reader\r\n']), greeting);
  });

  test('is refused where TLS is not on offer', async () => {
    const replies = await converse(plain, ['STLS\r\nQUIT\r\n']);
    assert.equal(replies, `${greeting}-ERR no STLS here\r\n${bye}`);
  });
});
