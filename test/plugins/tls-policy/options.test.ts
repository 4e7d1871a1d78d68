import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from '#plugin-api';
import { optionsSchema } from '../../../plugins/tls-policy/options.ts';

test('without options everything is required', () => {
  assert.deepEqual(optionsSchema.parse({}), {
    clients: [],
    otherClients: 'required',
    upstream: { tls: 'required', minVersion: 'TLSv1.2' },
  });
});

test('every option can be given', () => {
  const options = {
    clients: [
      {
        listeners: ['legacy'],
        networks: ['192.168.0.0/16', '::1/128'],
        tls: 'optional',
        min_version: 'TLSv1.2',
      },
      { tls: 'required', min_version: 'TLSv1.3' },
    ],
    default: 'optional',
    upstream: { tls: 'optional' },
  };
  assert.deepEqual(optionsSchema.parse(options), {
    clients: [
      {
        listeners: ['legacy'],
        networks: [
          { family: 'ipv4', address: '192.168.0.0', prefixLength: 16 },
          { family: 'ipv6', address: '::1', prefixLength: 128 },
        ],
        tls: 'optional',
        minVersion: 'TLSv1.2',
      },
      { listeners: undefined, networks: undefined, tls: 'required', minVersion: 'TLSv1.3' },
    ],
    otherClients: 'optional',
    upstream: { tls: 'optional' },
  });
});

const refusals: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
  ['an unknown key', { client: [] }, /client/],
  ['one rule that is no list', { clients: { tls: 'optional' } }, /expected a list of rules/],
  ['a rule without tls', { clients: [{}] }, /expected required or optional/],
  ['a boolean for tls', { clients: [{ tls: true }] }, /expected required or optional/],
  ['an unknown key in a rule', { clients: [{ tls: 'optional', network: [] }] }, /network/],
  [
    'an empty list of networks, which would fit nobody',
    { clients: [{ tls: 'optional', networks: [] }] },
    /expected a list with at least one entry/,
  ],
  [
    'a network that is none',
    { clients: [{ tls: 'optional', networks: ['10.0.0.0/33'] }] },
    /expected an IP network or address, such as 192.168.0.0\/16/,
  ],
  [
    'a host name for a network',
    { clients: [{ tls: 'optional', networks: ['localhost'] }] },
    /expected an IP network/,
  ],
  [
    'one listener that is no list',
    { clients: [{ tls: 'optional', listeners: 'legacy' }] },
    /expected a list/,
  ],
  ['a version out of use', { clients: [{ tls: 'required', min_version: 'TLSv1' }] }, /TLSv1.2 or/],
  ['an unknown default', { default: 'none' }, /expected required or optional/],
  ['an unknown demand of the upstream', { upstream: { tls: 'never' } }, /expected required or/],
  [
    'a least version where TLS is optional',
    { upstream: { tls: 'optional', min_version: 'TLSv1.3' } },
    /only with tls: required/,
  ],
];

for (const [name, options, message] of refusals) {
  test(`refused: ${name}`, () => {
    assert.throws(() => optionsSchema.parse(options), message);
  });
}

test('the schema can be shown to editors', () => {
  const shown = z.toJSONSchema(optionsSchema, { io: 'input' });
  assert.equal(shown.additionalProperties, false);
});
