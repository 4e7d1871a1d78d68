import assert from 'node:assert/strict';
import { test } from 'node:test';
import externalSender from '../../../plugins/external-sender/index.ts';
import { letter, outputOf } from '../letters.ts';

const options = { domains: ['example.org'], subject_tag: '[EXT] ' };

async function mark(...fields: readonly string[]): Promise<string> {
  return await outputOf(externalSender, options, letter(...fields, '', 'Hello.'));
}

const outside: readonly (readonly [string, string])[] = [
  ['Ann <ann@example.net>', 'example.net'],
  ['"ann@example.org" <ann@example.net>', 'example.net'],
  ['ann@example.net (ann@example.org)', 'example.net'],
  ['ann@notexample.org', 'notexample.org'],
  ['ann@example.org.evil.net', 'example.org.evil.net'],
  ['ann@example.org, eve@EVIL.net', 'evil.net'],
  ['undisclosed', 'unknown'],
];

for (const [from, domain] of outside) {
  test(`from outside: ${from}`, async () => {
    assert.equal(
      await mark(`From: ${from}`, 'Subject: Hi'),
      letter(
        `X-External-Sender: ${domain}`,
        `From: ${from}`,
        'Subject: [EXT] Hi',
        '',
        'Hello.',
      ).toString('latin1'),
    );
  });
}

for (const from of [
  'Ann <ann@example.org>',
  'ann@Mail.Example.Org',
  'ann@example.org, bob@example.org',
]) {
  test(`from inside: ${from}`, async () => {
    const message = letter(`From: ${from}`, 'Subject: Hi', '', 'Hello.');
    assert.equal(await mark(`From: ${from}`, 'Subject: Hi'), message.toString('latin1'));
  });
}

test('a message without From is from outside, and so is one with a Sender from there', async () => {
  assert.match(await mark('Subject: Hi'), /^X-External-Sender: unknown\r\n/);
  assert.match(
    await mark('From: a@example.org', 'Sender: b@example.net'),
    /^X-External-Sender: example\.net\r\n/,
  );
});

test('what the sender wrote under the name of the field is removed', async () => {
  assert.equal(
    await mark('From: a@example.org', 'X-External-Sender: no'),
    letter('From: a@example.org', '', 'Hello.').toString('latin1'),
  );
});

const subjects: readonly (readonly [string, string])[] = [
  ['[EXT] Hi', '[EXT] Hi'],
  ['=?utf-8?Q?Gr=C3=BC=C3=9Fe?=', '[EXT] =?utf-8?Q?Gr=C3=BC=C3=9Fe?='],
  ['Gr\xc3\xbc\xc3\x9fe', '[EXT] =?utf-8?B?R3LDvMOfZQ==?='],
];

for (const [subject, expected] of subjects) {
  test(`the subject ${JSON.stringify(subject)} becomes ${expected}`, async () => {
    const output = await mark('From: a@b.net', `Subject: ${subject}`);
    assert.equal(/^Subject: (.*)\r$/m.exec(output)?.[1], expected);
  });
}

test('without a tag the subject stays', async () => {
  const message = letter('From: a@b.net', 'Subject: Hi', '', 'Hello.');
  assert.equal(
    await outputOf(externalSender, { domains: ['example.org'] }, message),
    `X-External-Sender: b.net\r\n${message.toString('latin1')}`,
  );
});
