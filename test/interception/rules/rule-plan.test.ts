import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Network, parseNetwork } from '../../../src/base/network.ts';
import { planRules, type RuleWishes } from '../../../src/interception/rules/rule-plan.ts';

type Listener = Parameters<typeof planRules>[0][number];

const pop3: Listener = {
  name: 'pop3',
  address: '::',
  port: 1110,
  tls: 'stls',
  intercept: 'redirect',
  networks: undefined,
};

const nothing: RuleWishes = {
  interfaces: [],
  clients: [],
  except: [],
  ports: new Map(),
  localExcept: undefined,
  mark: 1110,
};

function network(text: string): Network {
  const found = parseNetwork(text);
  assert.ok(found);
  return found;
}

/** As `listener family ports clients > place`. */
function planned(listeners: readonly Listener[], wishes: Partial<RuleWishes> = {}): string[] {
  const { diversions } = planRules(listeners, { ...nothing, ...wishes });
  return diversions.map(({ listener, family, ports, clients, to }) => {
    const from = clients.map(({ address, prefixLength }) => `${address}/${prefixLength}`);
    return `${listener} ${family} ${ports} ${from.join(' ') || 'all'} > ${to.address ?? 'any'} ${to.port}`;
  });
}

const plans: readonly (readonly [
  string,
  readonly Listener[],
  Partial<RuleWishes>,
  readonly string[],
])[] = [
  [
    'a listener on all addresses serves both families',
    [pop3],
    {},
    ['pop3 ipv4 110 all > any 1110', 'pop3 ipv6 110 all > any 1110'],
  ],
  [
    'implicit TLS is for port 995',
    [{ ...pop3, address: '0.0.0.0', tls: 'implicit' }],
    {},
    ['pop3 ipv4 995 all > any 1110'],
  ],
  [
    'one address is of one family',
    [{ ...pop3, address: '2001:db8::1' }],
    {},
    ['pop3 ipv6 110 all > 2001:db8::1 1110'],
  ],
  [
    'a mapped address is one of IPv4',
    [{ ...pop3, address: '::ffff:192.0.2.1' }],
    {},
    ['pop3 ipv4 110 all > 192.0.2.1 1110'],
  ],
  [
    'TPROXY reaches a listener on loopback',
    [{ ...pop3, address: '127.0.0.1', intercept: 'tproxy' }],
    {},
    ['pop3 ipv4 110 all > 127.0.0.1 1110'],
  ],
  [
    'a listener without intercept gets nothing',
    [pop3, { ...pop3, name: 'own', port: 110, intercept: undefined }],
    {},
    ['pop3 ipv4 110 all > any 1110', 'pop3 ipv6 110 all > any 1110'],
  ],
  [
    'ports that are asked for',
    [{ ...pop3, address: '0.0.0.0' }],
    { ports: new Map([['pop3', [110, 1100]]]) },
    ['pop3 ipv4 110,1100 all > any 1110'],
  ],
  [
    'clients of one family only',
    [pop3],
    { clients: [network('192.0.2.0/24')] },
    ['pop3 ipv4 110 192.0.2.0/24 > any 1110'],
  ],
  [
    'a listener for few clients comes first',
    [
      { ...pop3, address: '0.0.0.0' },
      {
        ...pop3,
        name: 'old',
        address: '0.0.0.0',
        port: 1111,
        networks: [network('192.0.2.64/26')],
      },
    ],
    { clients: [network('192.0.2.0/24')] },
    ['old ipv4 110 192.0.2.64/26 > any 1111', 'pop3 ipv4 110 192.0.2.0/24 > any 1110'],
  ],
  [
    'of overlapping networks the smaller one counts',
    [{ ...pop3, networks: [network('192.0.2.0/24'), network('198.51.100.0/24')] }],
    { clients: [network('192.0.2.64/26'), network('198.51.0.0/16')] },
    ['pop3 ipv4 110 198.51.100.0/24 192.0.2.64/26 > any 1110'],
  ],
];

for (const [name, listeners, wishes, expected] of plans) {
  test(`diverted: ${name}`, () => {
    assert.deepEqual(planned(listeners, wishes), expected);
  });
}

const impossible: readonly (readonly [string, readonly Listener[], Partial<RuleWishes>, RegExp])[] =
  [
    ['nothing to divert to', [{ ...pop3, intercept: undefined }], {}, /has the key intercept/],
    ['a port that is not known', [{ ...pop3, port: 0 }], {}, /pop3 has no port that is known/],
    ['loopback', [{ ...pop3, address: '127.0.0.1' }], {}, /"::" or one of the gateway/],
    ['loopback of IPv6', [{ ...pop3, address: '::1' }], {}, /"::" or one of the gateway/],
    [
      'two for the same',
      [pop3, { ...pop3, name: 'b', port: 1 }],
      {},
      /pop3 and b would both .* 110/,
    ],
    ['an unknown listener', [pop3], { ports: new Map([['pop', [1]]]) }, /intercept is called pop/],
  ];

for (const [name, listeners, wishes, expected] of impossible) {
  test(`no rules can be made for ${name}`, () => {
    assert.throws(
      () => planned(listeners, wishes),
      (error) => {
        assert.ok(error instanceof Error && 'code' in error);
        assert.equal(error.code, 'RULES_IMPOSSIBLE');
        assert.match(error.message, expected);
        return true;
      },
    );
  });
}

test('programs of the gateway are diverted only to where everybody may come, by REDIRECT', () => {
  const { localDiversions } = planRules(
    [
      pop3,
      { ...pop3, name: 'old', port: 1111, networks: [network('192.0.2.64/26')] },
      { ...pop3, name: 'pop3s', port: 1995, tls: 'implicit', intercept: 'tproxy' },
    ],
    { ...nothing, localExcept: 'postern', clients: [network('192.0.2.0/24')] },
  );
  assert.deepEqual(
    localDiversions.map(({ listener, clients }) => [listener, clients]),
    [['pop3', []]],
  );
});
