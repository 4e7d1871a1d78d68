import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format, inspect } from 'node:util';
import { type Credentials, Secret } from '../../src/base/secret.ts';

const word = 'hunter2';
const secret = Secret.fromText(word);

test('a secret reveals the octets it was made of', () => {
  assert.equal(String(secret.reveal()), word);
  const octets = Buffer.of(0x00, 0xff);
  assert.equal(new Secret(octets).reveal(), octets);
  assert.deepEqual(Secret.fromText('ü').reveal(), Buffer.of(0xc3, 0xbc));
});

const printings: readonly [name: string, printed: string][] = [
  ['String', String(secret)],
  ['a template', `${secret}`],
  ['JSON', JSON.stringify({ secret })],
  ['inspect', inspect(secret)],
  ['inspect of what is hidden', inspect({ a: [secret] }, { showHidden: true, depth: 9 })],
  ['inspect without own forms', inspect(secret, { customInspect: false, showHidden: true })],
  ['format', format('%s %o %O %j', secret, secret, secret, secret)],
  ['its members', JSON.stringify(Object.entries(secret))],
  ['a copy', JSON.stringify(structuredClone({ ...secret }))],
];

for (const [name, printed] of printings) {
  test(`${name} does not show a secret`, () => {
    assert.ok(!printed.includes(word), printed);
    // Nor as the numbers of its octets.
    assert.ok(!printed.includes('68 75 6e') && !printed.includes('104,117'), printed);
  });
}

test('credentials show the user and not the password', () => {
  const credentials: Credentials = { user: Buffer.from('bob'), password: secret };
  assert.match(inspect(credentials), /\[secret\]/);
  assert.doesNotMatch(JSON.stringify(credentials), /104,117/);
});
