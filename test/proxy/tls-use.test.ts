import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountFacts, ClientFacts, TlsFacts } from '../../src/plugin-api/context.ts';
import { TlsUseRecorder } from '../../src/proxy/tls-use.ts';
import type { TlsUse } from '../../src/stores/tls-uses.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { TlsMetrics } from '../../src/telemetry/tls-metrics.ts';

const tls: TlsFacts = { protocol: 'TLSv1.2', cipher: 'A-CIPHER' };
const account: AccountFacts = {
  user: 'anna',
  route: 'isp',
  upstream: { host: 'pop.example.net', port: 995, tlsMode: 'implicit', tls },
  maildrop: { user: 'anna', upstreamHost: 'pop.example.net' },
};

function recording() {
  const noted: TlsUse[] = [];
  const registry = createMetrics();
  const recorder = new TlsUseRecorder({
    modes: new Map([
      ['plain', 'none'],
      ['stls', 'stls'],
      ['secure', 'implicit'],
    ]),
    uses: { note: (use) => noted.push(use) },
    metrics: new TlsMetrics(registry.core),
  });
  const loggedIn = (client: Partial<ClientFacts>, facts: AccountFacts = account): void => {
    const defaults = { address: '192.0.2.1', port: 5000, listener: 'stls', tls };
    recorder.loggedIn({ id: 's', client: { ...defaults, ...client } }, facts);
  };
  return { noted, registry, loggedIn };
}

test('both sides of a session are noted', () => {
  const { noted, loggedIn } = recording();
  loggedIn({});
  const common = { account: 'anna', ...tls };
  assert.deepEqual(noted, [
    { ...common, side: 'client', peer: '192.0.2.1', door: 'stls', mode: 'stls' },
    { ...common, side: 'upstream', peer: 'pop.example.net:995', door: 'isp', mode: 'implicit' },
  ]);
});

test('how a client came counts, not how it could have', () => {
  const { noted, loggedIn } = recording();
  loggedIn({ tls: undefined });
  loggedIn({ listener: 'secure' });
  loggedIn({ listener: 'plain', tls: undefined });
  const clients = noted.filter(({ side }) => side === 'client');
  assert.deepEqual(
    clients.map(({ mode, protocol, cipher }) => `${mode} ${protocol} ${cipher}`),
    ['none none ', 'implicit TLSv1.2 A-CIPHER', 'none none '],
  );
});

test('addresses of IPv6 are noted by their network, and stand in brackets before a port', () => {
  const { noted, loggedIn } = recording();
  const upstream = { ...account.upstream, host: '2001:db8::9', tls: undefined };
  loggedIn({ address: '2001:db8:1:2:3:4:5:6' }, { ...account, upstream });
  assert.deepEqual(
    noted.map(({ peer }) => peer),
    ['2001:db8:1:2::/64', '[2001:db8::9]:995'],
  );
});

test('sessions are counted without names', async () => {
  const { registry, loggedIn } = recording();
  loggedIn({ tls: undefined });
  const page = await registry.text();
  assert.match(page, /tls_sessions_total\{side="client",mode="none",version="none"\} 1/);
  assert.match(page, /tls_sessions_total\{side="upstream",mode="implicit",version="TLSv1.2"\} 1/);
  assert.ok(!page.includes('anna'));
});
