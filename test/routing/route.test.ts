import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RouteQuery, Routes } from '../../src/routing/route.ts';
import { parseRoute } from '../helpers/routes.ts';

/** Conditions as in the YAML, by the name of the route. */
function routesOf(conditions: Readonly<Record<string, object>>): Routes {
  const upstream = { host: 'pop.example' };
  return new Routes(
    Object.entries(conditions).map(([name, keys]) => parseRoute({ name, upstream, ...keys })),
  );
}

interface Facts extends Partial<Omit<RouteQuery, 'loginName'>> {
  readonly user?: string;
}

function query({ user = 'ann', ...facts }: Facts): RouteQuery {
  const known = {
    listener: 'plain',
    clientAddress: '192.0.2.9',
    serverName: undefined,
    destination: undefined,
  };
  return { ...known, ...facts, loginName: Buffer.from(user) };
}

const routes = routesOf({
  office: { listeners: ['plain'], clients: ['192.0.2.0/28', '2001:db8::/32'] },
  named: { server_names: ['pop.example.org', '*.mail.example'] },
  partner: { domains: ['Partner.example.', '*.partner.example', 'bücher.example'] },
  rest: { listeners: ['plain', 'tls'] },
});

const cases: readonly (readonly [Facts, string | undefined])[] = [
  [{}, 'office'],
  [{ clientAddress: '::ffff:192.0.2.15' }, 'office'],
  [{ clientAddress: '2001:db8::7' }, 'office'],
  [{ clientAddress: '192.0.2.16' }, 'rest'],
  [{ listener: 'tls' }, 'rest'],
  [{ listener: 'other' }, undefined],
  [{ listener: 'other', serverName: 'pop.example.org' }, 'named'],
  [{ listener: 'other', serverName: 'a.b.mail.example' }, 'named'],
  [{ listener: 'other', serverName: 'mail.example' }, undefined],
  [{ listener: 'other', user: 'ann@partner.example' }, 'partner'],
  [{ listener: 'other', user: 'ann@PARTNER.example.' }, 'partner'],
  [{ listener: 'other', user: 'ann@x@shop.partner.example' }, 'partner'],
  [{ listener: 'other', user: 'ann@xn--bcher-kva.example' }, 'partner'],
  [{ listener: 'other', user: 'ann@BÜCHER.example' }, 'partner'],
  [{ listener: 'other', user: 'ann@notpartner.example' }, undefined],
  [{ listener: 'other', user: 'partner.example' }, undefined],
  [{ listener: 'other', user: 'ann@' }, undefined],
];

for (const [destination, name] of [
  [{ address: '198.51.100.7', port: 110 }, 'provider'],
  [{ address: '2001:db8:a::7', port: 995 }, 'provider'],
  [{ address: '198.51.101.7', port: 110 }, 'called'],
  [undefined, undefined],
] as const) {
  test(`a session diverted from ${destination?.address ?? 'nowhere'} takes ${name ?? 'no route'}`, () => {
    const diverting = routesOf({
      provider: { destinations: ['198.51.100.0/24', '2001:db8:a::/48'] },
      called: { upstream: { from: 'destination' } },
    });
    assert.equal(diverting.findPlan(query({ destination }))?.route.name, name);
  });
}

for (const [facts, name] of cases) {
  test(`${JSON.stringify(facts)} takes ${name ?? 'no route'}`, () => {
    assert.equal(routes.findPlan(query(facts))?.route.name, name);
  });
}

test('a login that fits no route is a lasting fault of the configuration', () => {
  assert.throws(() => routes.getPlan(query({ listener: 'other' })), {
    code: 'NO_ROUTE',
    fault: 'config',
    responseCode: 'SYS/PERM',
  });
});

test('before the login, all routes count that a name may lead to, up to one that takes every name', () => {
  const possible = (facts: Facts) => routes.possible(query(facts)).map(({ name }) => name);
  assert.deepEqual(possible({}), ['office']);
  assert.deepEqual(possible({ listener: 'tls' }), ['partner', 'rest']);
  assert.deepEqual(possible({ serverName: 'pop.example.org', clientAddress: '192.0.2.77' }), [
    'named',
  ]);
  assert.deepEqual(possible({ listener: 'other' }), ['partner']);
});
