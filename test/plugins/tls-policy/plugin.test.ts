import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientFacts, LoginContext } from '#plugin-api';
import tlsPolicy from '../../../plugins/tls-policy/index.ts';
import { optionsSchema } from '../../../plugins/tls-policy/options.ts';
import { testServices } from '../../../src/pipeline/testing.ts';

async function setUp(options: unknown) {
  return await tlsPolicy.setup(optionsSchema.parse(options), testServices());
}

function clientWith(facts: Partial<ClientFacts>, protocol?: string): ClientFacts {
  const tls = protocol === undefined ? undefined : { protocol, cipher: 'any' };
  return { address: '203.0.113.9', port: 4711, listener: 'pop3', tls, ...facts };
}

/** What the plugin says about a client, in order. */
async function admit(options: unknown, client: ClientFacts): Promise<string[]> {
  const calls: string[] = [];
  const { admit: middleware } = await setUp(options);
  assert.ok(middleware);
  await middleware(
    {
      session: { id: 's', client },
      denyLogin: (text) => calls.push(`denyLogin ${text}`),
      refuse: (text) => calls.push(`refuse ${text}`),
    },
    async () => {
      calls.push('next');
    },
  );
  return calls;
}

const denied = ['denyLogin login needs encryption: use STLS, or TLS on port 995', 'next'];
const admitted = ['next'];

const office = {
  clients: [
    { listeners: ['legacy'], networks: ['192.168.0.0/16', '::1/128'], tls: 'optional' },
    { listeners: ['modern'], tls: 'required', min_version: 'TLSv1.3' },
    { networks: ['10.0.0.0/8'], tls: 'optional', min_version: 'TLSv1.2' },
  ],
};

const cases: readonly (readonly [string, unknown, ClientFacts, readonly string[]])[] = [
  ['plain text is denied without options', {}, clientWith({}), denied],
  [
    'plain text from this machine is denied as well',
    {},
    clientWith({ address: '127.0.0.1' }),
    denied,
  ],
  ['any TLS is enough without options', {}, clientWith({}, 'TLSv1.2'), admitted],
  [
    'plain text passes where the default allows it',
    { default: 'optional' },
    clientWith({}),
    admitted,
  ],
  [
    'plain text passes on a named listener from a named network',
    office,
    clientWith({ listener: 'legacy', address: '192.168.7.7' }),
    admitted,
  ],
  [
    'plain text passes from a named IPv6 address',
    office,
    clientWith({ listener: 'legacy', address: '::1' }),
    admitted,
  ],
  [
    'plain text from an IPv4-mapped address counts as IPv4',
    office,
    clientWith({ listener: 'legacy', address: '::ffff:192.168.7.7' }),
    admitted,
  ],
  [
    'the right listener does not help an address outside',
    office,
    clientWith({ listener: 'legacy', address: '172.16.0.1' }),
    denied,
  ],
  [
    'the right address does not help on another listener',
    office,
    clientWith({ listener: 'pop3', address: '192.168.7.7' }),
    denied,
  ],
  [
    'a version that is too old is refused',
    office,
    clientWith({ listener: 'modern' }, 'TLSv1.2'),
    ['refuse TLSv1.3 or later is needed here', 'next'],
  ],
  [
    'the least version itself passes',
    office,
    clientWith({ listener: 'modern' }, 'TLSv1.3'),
    admitted,
  ],
  [
    'a version nobody knows is refused',
    office,
    clientWith({ listener: 'modern' }, 'TLSv9'),
    ['refuse TLSv1.3 or later is needed here', 'next'],
  ],
  [
    'TLS that is optional must still be good enough',
    office,
    clientWith({ address: '10.1.2.3' }, 'TLSv1.1'),
    ['refuse TLSv1.2 or later is needed here', 'next'],
  ],
  ['and plain text passes there', office, clientWith({ address: '10.1.2.3' }), admitted],
  [
    'the first rule that fits holds',
    {
      clients: [
        { networks: ['192.0.2.1'], tls: 'required' },
        { networks: ['192.0.2.0/24'], tls: 'optional' },
      ],
    },
    clientWith({ address: '192.0.2.1' }),
    denied,
  ],
];

for (const [name, options, client, calls] of cases) {
  test(name, async () => {
    assert.deepEqual(await admit(options, client), calls);
  });
}

test('a client is judged anew after STLS', async () => {
  assert.deepEqual(await admit(office, clientWith({ listener: 'modern' })), denied);
  assert.deepEqual(await admit(office, clientWith({ listener: 'modern' }, 'TLSv1.3')), admitted);
});

async function login(options: unknown): Promise<string[]> {
  const calls: string[] = [];
  const { login: middleware } = await setUp(options);
  assert.ok(middleware);
  const context: LoginContext = {
    session: { id: 's', client: clientWith({}) },
    user: 'ann',
    upstream: { host: 'mail.example.org', port: 995, tlsMode: 'implicit', tls: undefined },
    requireUpstreamTls: (minVersion) => calls.push(`require ${minVersion}`),
    refusal: (text) => new Error(text),
  };
  await middleware(context, async () => {
    calls.push('next');
  });
  return calls;
}

const logins: readonly (readonly [string, unknown, readonly string[]])[] = [
  ['TLS towards the upstream is demanded before the login', {}, ['require TLSv1.2', 'next']],
  [
    'a newer version can be demanded',
    { upstream: { min_version: 'TLSv1.3' } },
    ['require TLSv1.3', 'next'],
  ],
  ['nothing is demanded when it is optional', { upstream: { tls: 'optional' } }, ['next']],
];

for (const [name, options, calls] of logins) {
  test(name, async () => {
    assert.deepEqual(await login(options), calls);
  });
}

test('a failure behind the plugin is passed on', async () => {
  const { admit: middleware } = await setUp({});
  const failure = new Error('behind');
  const context = {
    session: { id: 's', client: clientWith({}, 'TLSv1.3') },
    denyLogin() {},
    refuse() {},
  };
  await assert.rejects(async () => middleware?.(context, () => Promise.reject(failure)), failure);
});
