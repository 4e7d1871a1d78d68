import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Candidate, HostHealth } from '../../src/routing/host-health.ts';

const hosts: readonly Candidate[] = ['a', 'b', 'c', 'd'].map((name) => ({
  host: `${name}.example`,
  port: 995,
}));
const accounts = Array.from({ length: 2_000 }, (_, index) => `user${index}@example.org`);

function names(targets: readonly Candidate[]): string {
  return targets.map(({ host }) => host.slice(0, 1)).join('');
}

function first(health: HostHealth, account: string, candidates = hosts, nowMs = 0): string {
  return health.order(candidates, account, nowMs)[0]?.host ?? assert.fail();
}

/** Without dice every pause is as long as it can be. */
function healthWithout(...failed: readonly number[]): HostHealth {
  const health = new HostHealth(() => 0);
  for (const index of failed) health.failed(hosts[index] ?? assert.fail(), 0);
  return health;
}

test('an account has one order of hosts, however the hosts are listed', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.shuffledSubarray([...hosts], { minLength: 2 }),
      fc.shuffledSubarray([...hosts], { minLength: 4 }),
      (account, some, all) => {
        const health = new HostHealth();
        const order = names(health.order(all, account, 0));
        assert.equal(names(health.order(hosts, account, 5_000)), order);
        const kept = names(some);
        const expected = [...order].filter((name) => kept.includes(name)).join('');
        assert.equal(names(health.order(some, account, 0)), expected);
      },
    ),
  );
});

test('accounts are spread over the hosts', () => {
  const health = new HostHealth();
  for (const { host } of hosts) {
    const share = accounts.filter((account) => first(health, account) === host).length;
    assert(share > 400 && share < 600, `${host} has ${share} of ${accounts.length}`);
  }
});

test('a host that fails moves its own accounts only, and to all the others', () => {
  const well = new HostHealth();
  const without = healthWithout(1);
  const takers = new Set<string>();
  for (const account of accounts) {
    const [before, after] = [first(well, account), first(without, account)];
    if (before === 'b.example') takers.add(after);
    else assert.equal(after, before);
  }
  assert.deepEqual([...takers].toSorted(), ['a.example', 'c.example', 'd.example']);
});

test('hosts that fail come last, the one whose pause ends first before the others', () => {
  const health = healthWithout(0, 2);
  health.failed({ host: 'c.example', port: 995 }, 0);
  assert.match(names(health.order(hosts, 'kim', 0)), /^(?:bd|db)ac$/);
  assert.equal(names(healthWithout(0, 0, 1, 1, 1, 2, 3, 3, 3, 3).order(hosts, 'kim', 0)), 'cabd');
});

test('a lower tier comes first, unless it fails', () => {
  const tiers = hosts.map((each, index) => ({ ...each, tier: index < 2 ? 10 : 20 }));
  assert.match(names(new HostHealth().order(tiers, 'kim', 0)), /^(?:ab|ba)(?:cd|dc)$/);
  assert.match(names(healthWithout(0, 1).order(tiers, 'kim', 0)), /^(?:cd|dc)(?:ab|ba)$/);
});

test('the same host at another port is another server', () => {
  const health = new HostHealth();
  health.failed({ host: 'a.example', port: 110 }, 0);
  assert.equal(health.succeeded({ host: 'a.example', port: 995 }), 'well');
  assert.equal(health.failingHosts, 1);
});

const [host = assert.fail()] = hosts;

/** From which moment on the host is tried again, to the millisecond. */
function pauseOf(health: HostHealth, fromMs: number): number {
  const well = { host: 'z.example', port: 995 };
  const isPaused = (ms: number): boolean => {
    // Some account prefers the failing host; it goes elsewhere as long as the pause lasts.
    const account = accounts.find(
      (each) => first(new HostHealth(), each, [host, well]) === host.host,
    );
    return first(health, account ?? assert.fail(), [host, well], fromMs + ms) !== host.host;
  };
  let [low, high] = [0, 200_000];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isPaused(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

test('pauses double up to a minute', () => {
  const health = new HostHealth(() => 0);
  const pauses = Array.from({ length: 8 }, () => {
    health.failed(host, 1_000);
    return pauseOf(health, 1_000);
  });
  assert.deepEqual(pauses, [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

test('a pause is up to a quarter shorter by chance, and never longer', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (failures, dice) => {
        const health = new HostHealth(() => dice);
        for (let count = 0; count < failures; count += 1) health.failed(host, 0);
        const fullMs = Math.min(60_000, 2_000 * 2 ** (failures - 1));
        const pauseMs = pauseOf(health, 0);
        assert(pauseMs >= fullMs * 0.75 && pauseMs <= fullMs, `${pauseMs} of ${fullMs}`);
      },
    ),
  );
});

test('after a pause one session tries the host, and the others wait for what becomes of it', () => {
  const health = new HostHealth(() => 0);
  health.failed(host, 0);
  health.trying(host, 2_000);
  assert.equal(pauseOf(health, 2_000), 2_000);
  assert.equal(health.succeeded(host), 'well again');
  assert.equal(pauseOf(health, 2_000), 0);
  health.trying(host, 2_000);
  assert.equal(pauseOf(health, 2_000), 0);
});

test('it is told when a host begins to fail and when that ends', () => {
  const health = new HostHealth();
  assert.equal(health.succeeded(host), 'well');
  assert.equal(health.failed(host, 0), 'failing');
  assert.equal(health.failed(host, 1), 'still failing');
  assert.equal(health.failingHosts, 1);
  assert.equal(health.succeeded(host), 'well again');
  assert.equal(health.failingHosts, 0);
  assert.equal(health.failed(host, 2), 'failing');
});

test('no number of hosts that fail makes it grow without end', () => {
  const health = new HostHealth();
  for (let index = 0; index < 3_000; index += 1) {
    health.failed({ host: `${index}.example`, port: 995 }, 0);
  }
  assert.equal(health.failingHosts, 1_000);
  assert.equal(health.failed({ host: '2999.example', port: 995 }, 0), 'still failing');
  assert.equal(health.failed({ host: '0.example', port: 995 }, 0), 'failing');
});

test('a host that cannot prove the name of one domain is well for all others', () => {
  const asked = (serverName: string): readonly Candidate[] =>
    hosts.map((each) => ({ ...each, tls: 'implicit', serverName }));
  const health = new HostHealth(() => 0);
  for (const each of asked('liar.example').slice(0, 3)) health.failed(each, 0);
  assert.equal(first(health, 'kim', asked('liar.example')), 'd.example');
  const well = names(new HostHealth().order(hosts, 'kim', 0));
  assert.equal(names(health.order(asked('pop.example'), 'kim', 0)), well);
  const byStls = asked('liar.example').map((each) => ({ ...each, tls: 'stls' }));
  assert.equal(names(health.order(byStls, 'kim', 0)), well);
});
