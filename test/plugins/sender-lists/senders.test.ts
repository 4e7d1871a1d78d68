import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sendersOf } from '../../../plugins/sender-lists/senders.ts';
import { HeaderBlock } from '../../../src/message/header-block.ts';

function headerOf(...lines: string[]): HeaderBlock {
  return new HeaderBlock(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`));
}

for (const [what, from, author] of [
  ['an address', 'ann@example.org', 'ann@example.org'],
  ['a name', 'Ann <ann@example.org>', 'ann@example.org'],
  ['capitals', 'Ann <ANN@Example.ORG>', 'ann@example.org'],
  ['a comment', 'ann@example.org (not <bob@example.net>)', 'ann@example.org'],
  ['another address in a quoted name', '"bob@example.net" <ann@example.org>', 'ann@example.org'],
  ['an encoded name', '=?utf-8?q?bob=40example.net?= <ann@example.org>', 'ann@example.org'],
  ['quotes around the local part', '"ann"@example.org', 'ann@example.org'],
  ['a domain in Unicode', 'ann@bücher.example', 'ann@xn--bcher-kva.example'],
  ['a domain in punycode', 'ann@xn--bcher-kva.example', 'ann@xn--bcher-kva.example'],
  ['a local part in Unicode', 'ÄNN@example.org', 'änn@example.org'],
  ['another address in a name without quotes', 'bob@example.net <ann@example.org>', undefined],
  ['two pairs of angles', '<bob@example.net> <ann@example.org>', undefined],
  ['angles in angles', '<bob@example.net<ann@example.org>>', undefined],
  ['a dot at the end', 'ann@example.org.', undefined],
  ['a dot at the end in angles', 'Ann <ann@example.org.>', undefined],
  ['letters of full width', 'ann@ｅxample.org', undefined],
  ['an ideographic full stop', 'ann@example。org', undefined],
  ['an invisible character', 'ann@exam\u200bple.org', undefined],
  ['a soft hyphen', 'ann@exam\u00adple.org', undefined],
  ['escapes of URLs', 'ann@ex%61mple.org', undefined],
  ['a letter that is ASCII in lower case', 'an\u212a@example.org', undefined],
  ['such a letter in the domain', 'ann@\u212aexample.org', undefined],
  ['a group of one', 'x: ann@example.org;', undefined],
  ['two addresses', 'ann@example.org, bob@example.net', undefined],
  ['a group', 'friends: ann@example.org, bob@example.net;', undefined],
  ['an encoded address', '=?utf-8?q?ann=40example.org?=', undefined],
  ['quotes without end', '"Ann <ann@example.org>', undefined],
  ['a comment without end', 'ann@example.org (', undefined],
  ['two @', 'ann@example.net@example.org', undefined],
  ['no address', 'Ann', undefined],
  ['nothing', '', undefined],
] as const) {
  test(`the author of a message from ${what} is ${author ?? 'not clear'}`, () => {
    assert.equal(sendersOf(headerOf(`From: ${from}`)).author?.address, author);
  });
}

test('with two From fields nobody is the author, and both are senders', () => {
  const { author, all } = sendersOf(headerOf('From: ann@example.org', 'From: bob@example.net'));
  assert.equal(author, undefined);
  assert.deepEqual(
    all.map(({ address }) => address),
    ['ann@example.org', 'bob@example.net'],
  );
});

test('Sender and Return-Path are senders too', () => {
  const { author, all } = sendersOf(
    headerOf(
      'Return-Path: <b-1@bounce.example>',
      'From: ann@example.org',
      'Sender: x@list.example',
    ),
  );
  assert.equal(author?.address, 'ann@example.org');
  assert.deepEqual(
    all.map(({ address }) => address),
    ['ann@example.org', 'x@list.example', 'b-1@bounce.example'],
  );
});

test('whatever stands in From, no more than a few addresses are taken', () => {
  const pieces = fc.constantFrom(
    '<',
    '>',
    '"',
    '(',
    ')',
    ',',
    ';',
    ':',
    '@',
    'a.example',
    '\\',
    ' ',
    'é',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 100 }), (parts) => {
      const { all } = sendersOf(headerOf(`From: ${parts.join('')}`));
      assert.ok(all.length <= 20);
    }),
  );
  const many = Array.from({ length: 5000 }, (_, index) => `a${index}@example.org`).join(',');
  assert.equal(sendersOf(headerOf(`From: ${many}`)).all.length, 20);
});
