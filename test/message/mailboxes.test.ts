import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Mailbox, parseMailboxes } from '../../src/message/mailboxes.ts';

type Row = readonly [name: string | undefined, address: string | undefined];

const values: readonly (readonly [string, readonly Row[]])[] = [
  ['ann@example.org', [[undefined, 'ann@example.org']]],
  ['Ann B <Ann@Example.ORG.>', [['Ann B', 'Ann@example.org']]],
  ['"B, Ann" <ann@example.org>', [['B, Ann', 'ann@example.org']]],
  ['"ann\\"s" <a@b.org>', [['ann"s', 'a@b.org']]],
  ['ann@example.org (Ann)', [['Ann', 'ann@example.org']]],
  ['=?utf-8?q?J=C3=BCrgen?= <j@b.org>', [['Jürgen', 'j@b.org']]],
  [
    'a@b.org, Bob <b@c.org>;',
    [
      [undefined, 'a@b.org'],
      ['Bob', 'b@c.org'],
    ],
  ],
  ['undisclosed-recipients:;', []],
  [
    'Friends: a@b.org, c@d.org;',
    [
      [undefined, 'a@b.org'],
      [undefined, 'c@d.org'],
    ],
  ],
  ['Only a name', [['Only a name', undefined]]],
  ['"a b"@c.org', [[undefined, '"ab"@c.org']]],
  ['<@relay.net:a@b.org>', [[undefined, 'a@b.org']]],
  ['service@bank.example <x@evil.example>', [['service@bank.example', 'x@evil.example']]],
  ['"a@b.org" <>', [['a@b.org', undefined]]],
  ['Ann <a@b.org', [['Ann', 'a@b.org']]],
  ['Ann <a@b.org> <c@d.org>', [['Ann  <a@b.org>', 'c@d.org']]],
  ['', []],
];

for (const [value, expected] of values) {
  test(`mailboxes of ${JSON.stringify(value)}`, () => {
    const found = parseMailboxes(value).map(({ name, address }: Mailbox): Row => [name, address]);
    assert.deepEqual(found, expected);
  });
}

test('the domain stands alone as well', () => {
  assert.equal(parseMailboxes('Ann <ann@Mail.Example.ORG.>')[0]?.domain, 'mail.example.org');
  assert.equal(parseMailboxes('Ann <root>')[0]?.domain, undefined);
});

test('whatever a stranger writes is read, and no more than a thousand mailboxes of it', () => {
  assert.equal(parseMailboxes('a@b,'.repeat(10_000)).length, 1000);
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom('"', '\\', '(', ')', '<', '>', ',', ';', ':', '@', 'a', ' '),
      }),
      (value) => {
        for (const { domain } of parseMailboxes(value)) assert.notEqual(domain, '');
      },
    ),
  );
});
