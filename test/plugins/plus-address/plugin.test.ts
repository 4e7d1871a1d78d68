import assert from 'node:assert/strict';
import { test } from 'node:test';
import plusAddress from '../../../plugins/plus-address/index.ts';
import { letter, outputOf } from '../letters.ts';

async function tagOf(options: object, ...fields: readonly string[]): Promise<string | undefined> {
  const output = await outputOf(plusAddress, options, letter(...fields, '', 'Hello.'));
  return /^X-Plus-Address: (.*)\r$/m.exec(output)?.[1];
}

const tags: readonly (readonly [string, object, readonly string[], string | undefined])[] = [
  ['in To', {}, ['To: Ann <ann+shop@example.org>'], 'shop'],
  ['bare', {}, ['To: ann+shop@example.org'], 'shop'],
  ['the envelope before To', {}, ['To: ann+b@example.org', 'Delivered-To: ann+a@example.org'], 'a'],
  ['one of several', {}, ['To: bob@example.org, ann+x.y@example.org'], 'x.y'],
  ['everything behind the first sign', {}, ['To: ann+a+b@example.org'], 'a+b'],
  ['not in a quoted name', {}, ['To: "bob+x@example.org" <ann@example.org>'], undefined],
  ['not in a comment', {}, ['To: ann@example.org (bob+x@example.org)'], undefined],
  ['no tag', {}, ['To: ann@example.org'], undefined],
  ['an empty tag', {}, ['To: ann+@example.org'], undefined],
  ['no name', {}, ['To: +tag@example.org'], undefined],
  ['other separator', { separator: '-' }, ['To: ann-shop@example.org'], 'shop'],
  ['only own domains', { domains: ['example.org'] }, ['To: a+x@other.net, b+y@EXAMPLE.org'], 'y'],
];

for (const [name, options, fields, expected] of tags) {
  test(`the tag of an address: ${name}`, async () => {
    assert.equal(await tagOf(options, ...fields), expected);
  });
}

test('what the sender wrote under the name of the field is removed', async () => {
  assert.equal(await tagOf({}, 'To: ann@example.org', 'x-plus-address: boss'), undefined);
});

test('only the field is added', async () => {
  const message = letter('To:  ann+shop@example.org', 'X: \xff', '', 'Hello.');
  assert.equal(
    await outputOf(plusAddress, { header: 'X-Tag' }, message),
    `X-Tag: shop\r\n${message.toString('latin1')}`,
  );
});
