import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConnectionQuery, Routes } from '../../src/routing/route.ts';
import { type TargetPlan, withName, withRecords } from '../../src/routing/target-plan.ts';
import { parseRoute } from '../helpers/routes.ts';

const connection: ConnectionQuery = {
  listener: 'pop3',
  clientAddress: '192.0.2.9',
  serverName: undefined,
  destination: undefined,
};

function planFor(
  user: string,
  keys: { readonly upstream: object; readonly login_name?: object },
  facts: Partial<ConnectionQuery> = {},
): TargetPlan | undefined {
  const routes = new Routes([parseRoute({ name: 'r', ...keys })]);
  return routes.findPlan({ ...connection, ...facts, loginName: Buffer.from(user) });
}

function shown(plan: TargetPlan | undefined): string | undefined {
  if (plan === undefined) return undefined;
  const targets = plan.candidates.map(
    ({ tls, host, port, serverName }) => `${tls} ${host}:${port} ${serverName}`,
  );
  const { place, provenName } = plan;
  const named = provenName === undefined ? '' : ` or ${withName(plan, provenName).place}`;
  return `${plan.origin}: ${plan.user.toString()} at ${targets.join(', ')} in ${place}${named}`;
}

test('several hosts of a route have the same maildrops, called by the first', () => {
  const upstream = { host: ['a.example', 'b.example'] };
  assert.equal(
    shown(planFor('ann', { upstream })),
    'configuration: ann at implicit a.example:995 a.example, implicit b.example:995 b.example in a.example',
  );
});

const named = { upstream: { from: 'login_name' }, login_name: { form: 'host-user' } };
const names: readonly (readonly [string, string | undefined])[] = [
  ['ann', undefined],
  ['Isp.Example:ann', 'login name: ann at implicit isp.example:995 isp.example in isp.example'],
  ['isp.example:110:ann', 'login name: ann at stls isp.example:110 isp.example in isp.example'],
  [
    'isp.example:1995:ann',
    'login name: ann at implicit isp.example:1995 isp.example in isp.example:1995',
  ],
  ['isp.example:ann:ssl', 'login name: ann at implicit isp.example:995 isp.example in isp.example'],
];
for (const [name, plan] of names) {
  test(`the login name ${name} leads to ${plan ?? 'nowhere'}, always encrypted`, () => {
    assert.equal(shown(planFor(name, named)), plan);
  });
}

test('a server that may do without encryption is still asked for it where the name says so', () => {
  const upstream = { from: 'login_name', tls: 'none', allow_plaintext_login: true };
  const keys = { upstream, login_name: { form: 'host-user' } };
  const tls = (name: string) => planFor(name, keys)?.candidates[0]?.tls;
  assert.deepEqual(['isp:ann', 'isp:110:ann', 'isp:995:ann', 'isp:ann:ssl'].map(tls), [
    'none',
    'none',
    'implicit',
    'implicit',
  ]);
});

test('what the server is told is what the maildrop is known by', () => {
  const keys = {
    upstream: { table: { 'example.org': 'pop.example.net:110' } },
    login_name: { rewrite: [{ strip_domain: '*' }] },
  };
  assert.equal(
    shown(planFor('ann@EXAMPLE.org', keys)),
    'configuration: ann at stls pop.example.net:110 pop.example.net in pop.example.net',
  );
});

test('a table is asked for the whole name, the domain, and last for all others', () => {
  const table = { 'kim@a.example': 'one', 'a.example': 'two', '*': '[2001:db8::3]:995' };
  const host = (user: string, entries: object) =>
    planFor(user, { upstream: { table: entries } })?.candidates[0]?.host;
  assert.equal(host('kim@a.example', table), 'one');
  assert.equal(host('ann@A.example', table), 'two');
  assert.equal(host('ann', table), '2001:db8::3');
  assert.equal(host('ann', { 'a.example': 'two' }), undefined);
  assert.equal(host('constructor', { 'a.example': 'two' }), undefined);
});

const address = '198.51.100.7';
const diverted: readonly (readonly [object, Partial<ConnectionQuery>, string | undefined])[] = [
  [{}, {}, undefined],
  [
    {},
    { destination: { address, port: 995 } },
    `ann at implicit ${address}:995 ${address} in ${address}`,
  ],
  [
    {},
    { destination: { address, port: 110 } },
    `ann at implicit ${address}:995 ${address} in ${address}`,
  ],
  [
    { tls: 'stls' },
    { destination: { address, port: 110 } },
    `ann at stls ${address}:110 ${address} in ${address}`,
  ],
  [
    {},
    { destination: { address, port: 995 }, serverName: 'pop.isp.example' },
    `ann at implicit ${address}:995 pop.isp.example in ${address} or pop.isp.example`,
  ],
  [
    { verify: 'none' },
    { destination: { address, port: 995 }, serverName: 'pop.isp.example' },
    `ann at implicit ${address}:995 pop.isp.example in ${address}`,
  ],
  [
    { server_name: 'pop.known.example' },
    { destination: { address, port: 1110 }, serverName: 'pop.isp.example' },
    `ann at implicit ${address}:1110 pop.known.example in ${address}:1110 or pop.known.example:1110`,
  ],
];
for (const [keys, facts, plan] of diverted) {
  test(`${JSON.stringify([keys, facts])} leads to ${plan ?? 'nowhere'}`, () => {
    const made = shown(planFor('ann', { upstream: { from: 'destination', ...keys } }, facts));
    assert.equal(made, plan === undefined ? undefined : `intercepted: ${plan}`);
  });
}

test('a large provider is found by the domain of the login name, or is named by the route', () => {
  const by = (user: string, provider: string, more: object = {}) =>
    planFor(user, { upstream: { provider, ...more } });
  assert.equal(
    shown(by('recent:ann@GMail.com', 'auto')),
    'configuration: recent:ann@GMail.com at implicit pop.gmail.com:995 pop.gmail.com in pop.gmail.com',
  );
  assert.equal(by('ann@example.org', 'auto'), undefined);
  assert.equal(by('ann@example.org', 'gmx')?.candidates[0]?.host, 'pop.gmx.net');
  assert.equal(by('ann@example.org', 'gmx')?.candidates[0]?.login, 'auto');
  for (const provider of ['auto', 'microsoft']) {
    assert.equal(by('ann@outlook.com', provider)?.candidates[0]?.login, 'xoauth2');
    const given = by('ann@outlook.com', provider, { login: 'oauthbearer' });
    assert.equal(given?.candidates[0]?.login, 'oauthbearer');
  }
});

test('SRV records lead to servers with implicit TLS first, for a maildrop of the domain', () => {
  const plan = planFor('ann@Example.ORG', {
    upstream: { from: 'srv' },
    login_name: { rewrite: [{ strip_domain: '*' }] },
  });
  assert(plan?.domain === 'example.org');
  const record = (name: string, port: number) => ({ name, port, priority: 0, weight: 0 });
  const found = withRecords(plan, plan.domain, {
    implicit: [record('pop.hoster.example', 995)],
    stls: [record('pop.example.org', 110)],
  });
  assert.equal(
    shown(found),
    'lookup: ann at implicit pop.hoster.example:995 example.org, stls pop.example.org:110 pop.example.org in domain example.org',
  );
  assert.equal(planFor('ann', { upstream: { from: 'srv' } }), undefined);
  assert.equal(planFor('ann@127.1', { upstream: { from: 'srv' } }), undefined);
});
