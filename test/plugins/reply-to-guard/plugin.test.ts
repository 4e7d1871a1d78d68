import assert from 'node:assert/strict';
import { test } from 'node:test';
import replyToGuard from '../../../plugins/reply-to-guard/index.ts';
import { letter, verdictOf } from '../letters.ts';

const flagged: readonly (readonly [string, string, string])[] = [
  ['Ann <ann@example.org>', 'ann@example.net', 'example.net'],
  ['ann@example.org', 'ann@example.org, bob@evil.example.com', 'evil.example.com'],
  ['"ann@example.net" <ann@example.org>', '<ann@example.net>', 'example.net'],
  ['ann@example.org (ann@example.net)', 'ANN@EXAMPLE.NET', 'example.net'],
  ['ann@example.org', 'ann@notexample.org', 'notexample.org'],
  ['nobody', 'ann@example.net', 'example.net'],
  ['"\\"ann@example.net" <ann@example.org>', 'ann@example.net.', 'example.net'],
];

for (const [from, replyTo, domain] of flagged) {
  test(`flagged: from ${from}, answers to ${replyTo}`, async () => {
    const message = letter(`From: ${from}`, `Reply-To: ${replyTo}`, '', 'Hello.');
    assert.deepEqual(await verdictOf(replyToGuard, {}, message), {
      kind: 'flag',
      label: 'reply-to-elsewhere',
      evidence: domain,
    });
  });
}

const passed: readonly (readonly [string, readonly string[]])[] = [
  ['no Reply-To', ['From: ann@example.org']],
  ['the same domain', ['From: ann@example.org', 'Reply-To: Bob <bob@Example.ORG>']],
  ['a subdomain', ['From: ann@mail.example.org', 'Reply-To: bob@example.org']],
  ['one of the senders', ['From: a@example.org, b@example.net', 'Reply-To: b@example.net']],
  ['a list', ['From: a@example.org', 'Reply-To: l@lists.net', 'List-Id: <l.lists.net>']],
  ['a domain that is ignored', ['From: a@example.org', 'Reply-To: a@in.survey.example']],
];

for (const [name, fields] of passed) {
  test(`passed: ${name}`, async () => {
    const options = { ignore: ['survey.example'] };
    const verdict = await verdictOf(replyToGuard, options, letter(...fields, '', 'Hello.'));
    assert.deepEqual(verdict, { kind: 'pass' });
  });
}

test('lists are checked when that is wanted', async () => {
  const fields = ['From: a@example.org', 'Reply-To: l@lists.net', 'List-Id: <l.lists.net>'];
  const verdict = await verdictOf(replyToGuard, { lists: 'check' }, letter(...fields, ''));
  assert.equal(verdict?.kind, 'flag');
});

test('a quote without end, however long, is read in linear time', async () => {
  const message = letter(`From: a@b.org "${'\\"'.repeat(200_000)}\\`, 'Reply-To: a@c.org', '');
  assert.equal((await verdictOf(replyToGuard, {}, message))?.kind, 'flag');
});

test('thousands of senders and of addresses for answers are compared in linear time', async () => {
  const addresses = (domain: string): string =>
    Array.from({ length: 20_000 }, (_, index) => `a@d${index}.${domain}`).join(', ');
  const all = (replyTo: string): Buffer =>
    letter(`From: ${addresses('example.org')}`, `Reply-To: ${replyTo}`, '');
  const same = await verdictOf(replyToGuard, {}, all(addresses('example.org')));
  assert.equal(same?.kind, 'pass');
  const other = await verdictOf(replyToGuard, {}, all(`${addresses('example.org')}, a@evil.test`));
  assert.deepEqual(other, { kind: 'flag', label: 'reply-to-elsewhere', evidence: 'evil.test' });
});
