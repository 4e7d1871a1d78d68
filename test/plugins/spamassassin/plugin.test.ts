import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Verdict } from '#plugin-api';
import spamassassin from '../../../plugins/spamassassin/index.ts';
import { runPlugin } from '../../../src/pipeline/testing.ts';
import { answerOf, FakeSpamd, type Script, says } from './fake-spamd.ts';

const letter = Buffer.from('From: a@example.org\r\nSubject: hello\r\n\r\nOne\r\n.dot\r\nlast');
const lineEnd = Buffer.from('\r\n');
const report = `Content preview:  1000 FORGED the text of the message

 pts rule name              description
---- ---------------------- --------------------------------------------------
 3.0 FIRST_RULE             BODY: what it means
                            [goes on here]
-1.0 SECOND_RULE            No description available.
 0.0 OF_NO_WEIGHT           nothing

`;

async function verdictOf(
  servers: readonly object[],
  message = letter,
  options: object = {},
): Promise<Verdict | undefined> {
  const given = { servers, answer_timeout: '30s', ...options };
  return (await runPlugin(spamassassin, given, message)).verdict;
}

test('the points of spamd become odds, with the rules as reasons', async () => {
  await using spamd = await FakeSpamd.start(says(answerOf('False ; 2.0 / 5.0', report)));
  const options = { scale: 1, at_required: 0.5 };
  assert.deepEqual(await verdictOf([spamd.address], letter, options), {
    kind: 'score',
    logOdds: -3,
    reasons: [
      { name: 'FIRST_RULE', logOdds: 3, text: '3 points: BODY: what it means [goes on here]' },
      { name: 'SECOND_RULE', logOdds: -1, text: '-1 points: No description available.' },
    ],
  });
});

test('a message with the points required has the probability from which messages are spam by default', async () => {
  await using spamd = await FakeSpamd.start(says(answerOf('True ; 5.0 / 5.0')));
  const verdict = await verdictOf([spamd.address]);
  assert.ok(verdict?.kind === 'score');
  assert.ok(1 / (1 + Math.exp(-verdict.logOdds)) >= 0.9);
});

test('spamd gets the octets as they are and one end of line, their number, and the user', async () => {
  await using spamd = await FakeSpamd.start(says(answerOf('False ; 0.0 / 5.0')));
  await verdictOf([spamd.address]);
  const [question] = spamd.questions;
  assert.equal(question?.command, 'REPORT SPAMC/1.5');
  assert.equal(question.fields.get('Content-length'), String(question.content.length));
  assert.equal(question.fields.get('User'), 'sample@pop.example.net');
  assert.ok(question.content.equals(Buffer.concat([letter, lineEnd])));
});

test('with user: none, spamd is told of no user', async () => {
  await using spamd = await FakeSpamd.start(says(answerOf('False ; 0.0 / 5.0')));
  await verdictOf([spamd.address], letter, { user: 'none' });
  assert.equal(spamd.questions[0]?.fields.has('User'), false);
});

test('a message above max_message is not sent, and the verdict says so', async () => {
  await using spamd = await FakeSpamd.start(says(answerOf('False ; 0.0 / 5.0')));
  const large = Buffer.concat([letter, Buffer.alloc(1100, 'x')]);
  assert.deepEqual(await verdictOf([spamd.address], large, { max_message: '1KB' }), {
    kind: 'flag',
    label: 'not-checked-for-spam',
    evidence: 'larger than the 1024 octets that SpamAssassin is given',
  });
  assert.equal(spamd.connections, 0);
});

test('a message of many megabytes arrives whole', async () => {
  await using spamd = await FakeSpamd.start(says(answerOf('False ; 0.0 / 5.0')));
  const large = Buffer.concat([letter, Buffer.alloc(20_000_000, 'x\r\n')]);
  await verdictOf([spamd.address], large, { max_message: '100MB' });
  assert.ok(spamd.questions[0]?.content.equals(Buffer.concat([large, lineEnd])));
});

const nonsense: Readonly<Record<string, Script>> = {
  'says nothing and closes': ({ socket }) => void socket.end(),
  'resets the connection': ({ socket }) => void socket.resetAndDestroy(),
  'breaks off after the first line of its answer': says('SPAMD/1.1 0 EX_OK\r\n'),
  'breaks off in the middle of its answer': says('SPAMD/1.1 0 EX_OK\r\nContent-len'),
  'announces more than it sends': says(answerOf('False ; 0.0 / 5.0', 'abc').replace(': 3', ': 4')),
  'announces less than it sends': says(answerOf('False ; 0.0 / 5.0', 'abc').replace(': 3', ': 2')),
  'announces nonsense': says(answerOf('False ; 0.0 / 5.0').replace(': 0', ': -1')),
  'talks of something else': says('220 mail.example.org ESMTP\r\n'),
  'sends binary rubbish': says(Buffer.alloc(5000, 0xff)),
  'sends a field that is none': says('SPAMD/1.1 0 EX_OK\r\nSpam False\r\n\r\n'),
  'gives no score': says('SPAMD/1.1 0 EX_OK\r\nContent-length: 0\r\n\r\n'),
  'gives a score that is no number': says(answerOf('False ; nan / 5.0')),
  'refuses the question': says('SPAMD/1.0 76 Bad header line: (User header)\r\n'),
  'gives up': says('SPAMD/1.0 79 Timeout: (300 second timeout while trying to REPORT)\r\n'),
  'answers before it has the message': ({ socket }) =>
    void socket.end('SPAMD/1.0 69 Service Unavailable: not now\r\n'),
  'never stops talking': ({ socket }) => {
    const talk = (): void => {
      while (socket.writable && socket.write(Buffer.alloc(65_536, 'x')));
      socket.once('drain', talk);
    };
    talk();
  },
};

for (const [name, script] of Object.entries(nonsense)) {
  test(`a spamd that ${name} gives no score, and the next one is asked`, async () => {
    await using bad = await FakeSpamd.start(script);
    const alone = await verdictOf([bad.address]);
    assert.equal(alone?.kind, 'tempfail');
    await using good = await FakeSpamd.start(says(answerOf('False ; 0.0 / 5.0')));
    const together = await verdictOf([bad.address, good.address], letter, { strategy: 'first' });
    assert.equal(together?.kind, 'score');
  });
}

test('a spamd that hangs is given up at the deadline', async () => {
  await using hung = await FakeSpamd.start(() => {});
  const verdict = await verdictOf([hung.address], letter, { answer_timeout: '50ms' });
  assert.ok(verdict?.kind === 'tempfail');
  assert.match(verdict.reason, /did not answer in time/);
});

test('a spamd that takes no octets is given up at the deadline', async () => {
  await using hung = await FakeSpamd.start(({ socket }) => void socket.pause());
  const large = Buffer.concat([letter, Buffer.alloc(30_000_000, 'x\r\n')]);
  const options = { answer_timeout: '200ms', max_message: '100MB' };
  assert.equal((await verdictOf([hung.address], large, options))?.kind, 'tempfail');
});

test('a spamd that is not there defers the message and is named', async () => {
  const gone = await FakeSpamd.start(() => {});
  await gone[Symbol.asyncDispose]();
  const verdict = await verdictOf([gone.address]);
  assert.ok(verdict?.kind === 'tempfail');
  assert.equal(verdict.reason, `no spamd gave a score: 127.0.0.1:${gone.port}: ECONNREFUSED`);
});
