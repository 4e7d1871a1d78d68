import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lists, receivedAs } from './letters.ts';

const proven = receivedAs('dmarc=pass header.from=example.org');
const answer = [
  ...proven,
  'From: Ann <ann@example.org>',
  'To: bob@example.net',
  'In-Reply-To: <1@example.net>',
];
const provenOther = receivedAs('dmarc=pass header.from=other.example');
const otherAnswer = [
  ...provenOther,
  'From: Tom <tom@other.example>',
  'To: Bob <BOB@example.net>',
  'References: <0@example.com> <1@example.net>',
];
const remembered = '-2.5 sender-answered';
const confirmed = '-4 sender-answered';

test('a proven sender who answers the reader is remembered, and forgotten after a time', async () => {
  const lists = await Lists.open();
  assert.equal(await lists.judge(answer), 'pass', 'not before the message is known to be no spam');
  assert.equal(await lists.deliver(answer), remembered);
  assert.equal(await lists.judge([...proven, 'From: ann@example.org']), remembered);
  await lists.clock.advance(366 * 86_400_000);
  assert.equal(await lists.judge(answer), 'pass');
});

test('a message that two have answered weighs more', async () => {
  const lists = await Lists.open();
  await lists.deliver(answer);
  assert.equal(await lists.deliver(otherAnswer), confirmed);
  assert.equal(await lists.deliver(answer), remembered, 'for the first it is no news');
});

test('an answer to what the reader has certainly written weighs more', async () => {
  const lists = await Lists.open();
  await lists.deliver([
    ...receivedAs('dmarc=pass header.from=example.net'),
    'From: bob@example.net',
    'Message-ID: <1@mail.elsewhere.example>',
  ]);
  const header = answer.map((line) =>
    line.replace('<1@example.net>', '<1@mail.elsewhere.example>'),
  );
  assert.equal(await lists.deliver(header), confirmed);
});

for (const [what, header] of [
  ['that nobody vouches for', answer.slice(2)],
  ['that fails', [...receivedAs('dmarc=fail header.from=example.org'), ...answer.slice(2)]],
  ['to a list', [...answer, 'List-Id: <a.example>']],
  ['to somebody else', answer.map((line) => line.replace('To: bob', 'To: eve'))],
  [
    'to a message of somebody else',
    answer.map((line) => line.replace('<1@example.net>', '<1@x.example>')),
  ],
  ['to nothing', answer.slice(0, -1)],
  ['to a domain that only looks alike', answer.map((line) => line.replace('<1@', '<1@bad'))],
  [
    'of a colleague',
    [
      ...receivedAs('dmarc=pass header.from=example.net'),
      'From: eve@example.net',
      ...answer.slice(3),
    ],
  ],
] as const) {
  test(`an answer ${what} is not remembered`, async () => {
    const lists = await Lists.open();
    assert.equal(await lists.deliver(header), 'pass');
  });
}

test('what was known of a sender goes on to count if it weighs more', async () => {
  const lists = await Lists.open();
  await lists.learn(answer, { source: 'quarantine' });
  assert.equal(await lists.deliver(answer), '-5 sender-released');
});

test('an answer that is spam is not remembered', async () => {
  const lists = await Lists.open();
  assert.equal(await lists.deliver(answer, { result: 'spam' }), 'pass');
});

test('with the switch off nothing is remembered', async () => {
  const lists = await Lists.open({ remember: { answered: 'never' } });
  assert.equal(await lists.deliver(answer), 'pass');
});

test('where all customers of a provider share a domain, it has to be named', async () => {
  const carol = { user: 'carol@provider.example', upstreamHost: 'pop.provider.example' };
  const header = answer.map((line) =>
    line.replace('bob@example.net', carol.user).replace('<1@example.net>', '<1@provider.example>'),
  );
  const judged = async (options: object): Promise<string> => {
    const lists = await Lists.open(options);
    return await lists.deliver(header, { reader: carol });
  };
  assert.equal(await judged({}), 'pass');
  assert.equal(await judged({ own_domains: ['provider.example'] }), remembered);
});
