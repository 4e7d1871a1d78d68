import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import {
  GatewayBed,
  gatewayAddresses,
  gatewayMissing,
  launcher,
  providerNetworks,
  providers,
  type Serving,
} from '../helpers/interception/gateway-bed.ts';
import type { Visit } from '../helpers/interception/visits.ts';
import { withoutNetAdmin } from '../helpers/namespaces.ts';
import { eventually } from '../helpers/process.ts';
import { needs } from '../helpers/requirement.ts';

const missing = gatewayMissing();
let bed: GatewayBed | undefined;

before(async () => {
  if (missing === undefined) bed = await GatewayBed.make();
});

after(async () => {
  await bed?.[Symbol.asyncDispose]();
});

function bedFor(t: TestContext): GatewayBed | undefined {
  return needs(t, missing) ? bed : undefined;
}

type Mode = 'redirect' | 'tproxy';

/** One listener for port 110 and one for port 995, which go where each client wanted. */
function configuration(
  intercept: Mode,
  changes: Readonly<Record<string, object | number>> = {},
): object {
  const certificate = { cert: './server.crt', key: './server.key' };
  const place = changes['sockets'] === undefined ? { address: '::' } : {};
  const socket = (name: string): object =>
    changes['sockets'] === undefined ? {} : { socket: name };
  return {
    listeners: [
      {
        name: 'pop3',
        ...place,
        ...socket('pop3'),
        port: 1110,
        tls: 'stls',
        intercept,
        certificate,
      },
      {
        name: 'pop3s',
        ...place,
        ...socket('pop3s'),
        port: 1995,
        tls: 'implicit',
        intercept,
        certificate,
      },
    ],
    routes: [
      {
        name: 'called',
        upstream: { from: 'destination', tls: 'stls', ca: './ca.pem' },
        targets: { allow: providerNetworks },
      },
    ],
    log: { format: 'json' },
    workers: changes['workers'] ?? 1,
  };
}

const families = ['ipv4', 'ipv6'] as const;
const clientTls = [
  { tls: 'none', port: 110 },
  { tls: 'stls', port: 110 },
  { tls: 'implicit', port: 995 },
] as const;

/** Every provider, each family, each kind of client. */
const everyVisit: readonly (Visit & { readonly provider: string })[] = providers.flatMap(
  ({ name, host: serverName, addresses }) =>
    families.flatMap((family) =>
      clientTls.map((kind) => ({ ...kind, serverName, host: addresses[family], provider: name })),
    ),
);

const gatewayVisits: readonly Visit[] = families.map((family) => ({
  host: gatewayAddresses[family],
  port: 1110,
}));

/** Of all failures in the log. */
function codesOf(serving: Serving): unknown[] {
  return serving
    .lines()
    .flatMap(({ err }) =>
      typeof err === 'object' && err !== null && 'code' in err ? [err.code] : [],
    );
}

interface Way {
  readonly mode: Mode;
  readonly firewall: readonly string[];
  readonly changes?: Readonly<Record<string, object | number>>;
  readonly before: readonly string[];
}

const ways: Readonly<Record<string, Way>> = {
  'redirected by nftables': { mode: 'redirect', firewall: ['nftables'], before: withoutNetAdmin },
  'redirected by iptables, with workers': {
    mode: 'redirect',
    firewall: ['iptables', 'ip6tables'],
    changes: { workers: 2 },
    before: withoutNetAdmin,
  },
  'led here by TPROXY of nftables, with sockets of a launcher': {
    mode: 'tproxy',
    firewall: ['nftables'],
    changes: { sockets: {} },
    before: [...launcher('pop3=[::]:1110', 'pop3s=[::]:1995'), ...withoutNetAdmin],
  },
  'led here by TPROXY of nftables, with sockets of a launcher and workers': {
    mode: 'tproxy',
    firewall: ['nftables'],
    changes: { sockets: {}, workers: 2 },
    before: [...launcher('pop3=[::]:1110', 'pop3s=[::]:1995'), ...withoutNetAdmin],
  },
  'led here by TPROXY of iptables, with the privilege': {
    mode: 'tproxy',
    firewall: ['iptables', 'ip6tables'],
    before: [],
  },
};

for (const [name, { mode, firewall, changes, before: start }] of Object.entries(ways)) {
  test(`sessions that are ${name} reach the provider that each client called`, async (t) => {
    const network = bedFor(t);
    if (network === undefined) return;
    await network.configure(configuration(mode, changes));
    await network.clearFirewall();
    for (const kind of firewall) await network.divert(kind, '--interface', 'lan0');
    await using serving = await network.serve(...start);

    const seen = await network.visit(everyVisit);
    assert.deepEqual(
      seen.map(({ greeting, subject, refusal }) => ({ greeting, subject, refusal })),
      everyVisit.map(({ provider }) => ({
        greeting: '+OK Postern ready',
        subject: `kept by provider ${provider}`,
        refusal: undefined,
      })),
    );

    const direct = await network.visit(gatewayVisits);
    for (const { greeting } of direct) {
      assert.match(
        greeting,
        /^-ERR \[SYS\/PERM\] this port serves only connections to mail servers/,
      );
    }
    const codes = await eventually('both are in the log', () => {
      const found = codesOf(serving);
      return found.length >= gatewayVisits.length ? found : undefined;
    });
    assert.deepEqual(codes, ['INTERCEPT_DIRECT', 'INTERCEPT_DIRECT']);
  });
}

test('connections of this machine itself are diverted, and those of Postern are not', async (t) => {
  const network = bedFor(t);
  if (network === undefined) return;
  await network.configure(configuration('redirect'));
  await network.clearFirewall();
  await network.divert('nftables', '--local', 'nobody');
  const { gateway } = network;
  const [provider] = providers;
  const visit = { host: provider.addresses.ipv4, port: 110 };
  {
    // The rules leave out another user than the one that it runs as.
    await using serving = await network.serve();
    const [seen] = await network.visit([visit], gateway);
    assert.match(seen?.greeting ?? '', /^-ERR \[SYS\/TEMP\] .* led back here/);
    // And so is what it asks for itself on behalf of a client: once, and not for ever.
    const [fromNetwork] = await network.visit([visit]);
    assert.match(fromNetwork?.refusal ?? '', /-ERR/);
    // What one client does again and again is not said each time.
    const codes = await eventually('both are in the log', () => {
      const found = new Set(codesOf(serving));
      return found.size >= 2 ? [...found] : undefined;
    });
    assert.deepEqual(codes, ['INTERCEPT_LOOP', 'UPSTREAM_REFUSED_SESSION']);
  }
  // By its number, as in a container.
  await network.divert('nftables', '--local', '0');
  await using serving = await network.serve();
  const [seen] = await network.visit([visit], gateway);
  // The provider itself answers: whoever runs Postern is left out, in this test as well.
  assert.match(seen?.greeting ?? '', /^\+OK Dovecot/);
  assert.equal(seen?.subject, 'kept by provider a');
  assert.deepEqual(codesOf(serving), []);
});

test('an intercepted session goes nowhere that the policy does not allow', async (t) => {
  const network = bedFor(t);
  if (network === undefined) return;
  await network.configure({
    ...configuration('redirect'),
    routes: [
      {
        name: 'called',
        upstream: { from: 'destination', tls: 'stls', ca: './ca.pem' },
        targets: { allow: ['203.0.113.0/24'] },
      },
    ],
  });
  await network.clearFirewall();
  await network.divert('nftables');
  await using _serving = await network.serve(...withoutNetAdmin);
  const visits = providers.map(({ addresses }) => ({ host: addresses.ipv4, port: 110 }));
  const [toA, toB] = await network.visit(visits);
  assert.match(toA?.refusal ?? '', /-ERR \[SYS\/PERM\] this mail server may not be used from here/);
  assert.equal(toB?.subject, 'kept by provider b');
});

test('a provider that the configuration knows is reached by its name', async (t) => {
  const network = bedFor(t);
  if (network === undefined) return;
  const [a, b] = providers;
  await network.configure({
    ...configuration('redirect'),
    routes: [
      {
        name: 'known',
        destinations: ['198.51.100.0/24'],
        // Whoever is told by address is this one, by another of its addresses.
        upstream: { host: a.addresses.ipv6, server_name: a.host, tls: 'stls', ca: './ca.pem' },
      },
      {
        name: 'called',
        upstream: { from: 'destination', tls: 'stls', ca: './ca.pem' },
        targets: { allow: providerNetworks },
      },
    ],
  });
  await network.clearFirewall();
  await network.divert('nftables');
  await using serving = await network.serve(...withoutNetAdmin);
  const seen = await network.visit(
    [a, b].map(({ addresses }) => ({ host: addresses.ipv4, port: 110 })),
  );
  assert.deepEqual(
    seen.map(({ subject }) => subject),
    ['kept by provider a', 'kept by provider b'],
  );
  const upstreams = await eventually('both logins are in the log', () => {
    const found = serving.lines().filter(({ msg }) => msg === 'login accepted');
    return found.length === 2 ? found.map(({ upstream }) => upstream) : undefined;
  });
  assert.deepEqual(upstreams.toSorted(), [a.addresses.ipv6, b.addresses.ipv4].toSorted());
});

test('without the privilege, TPROXY says what it needs and serves nobody', async (t) => {
  const network = bedFor(t);
  if (network === undefined) return;
  await network.configure(configuration('tproxy'));
  assert.match(
    await network.serveInVain(...withoutNetAdmin),
    /^postern: INTERCEPT_UNAVAILABLE: listener pop3: .* needs the privilege CAP_NET_ADMIN or CAP_NET_RAW/m,
  );
});

test('a socket that was not handed over is missed by its name', async (t) => {
  const network = bedFor(t);
  if (network === undefined) return;
  await network.configure(configuration('tproxy', { sockets: {} }));
  assert.match(
    await network.serveInVain(...launcher('pop3=[::]:1110', 'other=[::]:1995')),
    /listener pop3s cannot use socket pop3s: only these were handed over: .*other/,
  );
});
