import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unknownCapabilities } from '../../src/pop3/capability.ts';
import { knownCapabilitiesOf, upstreamName } from '../../src/proxy/upstream-name.ts';
import { hostsOf } from '../../src/routing/upstream-hosts.ts';
import { KnownUpstreams } from '../../src/upstream/known-upstreams.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { targetOn } from '../upstream/target.ts';

test('what was heard over a connection that is reached or verified otherwise is not believed', () => {
  const target = targetOn(995, { tls: 'implicit' });
  const others = [
    target,
    { ...target, verify: 'none' },
    { ...target, tls: 'stls' },
    { ...target, tls: 'none' },
    { ...target, port: target.port + 1 },
    { ...target, serverName: 'other.example.org' },
    { ...target, caFile: '/ca.pem' },
    { ...target, minTlsVersion: 'TLSv1.3' },
  ] as const;
  assert.equal(new Set(others.map(upstreamName)).size, others.length);
  assert.equal(upstreamName({ ...target }), upstreamName(target));
});

const two = {
  ...targetOn(995, { host: 'a.example' }),
  hosts: [
    { host: 'a.example', serverName: 'a.example' },
    { host: 'b.example', serverName: 'b.example' },
  ],
};

test('what any host of a route has said is known before a client says who it is', () => {
  const known = new KnownUpstreams(new FakeClock());
  assert.equal(knownCapabilitiesOf(two, known), undefined);
  const [, second = targetOn(1)] = hostsOf(two);
  known.of(upstreamName(second)).foundAfterLogin(unknownCapabilities);
  assert.equal(knownCapabilitiesOf(two, known), unknownCapabilities);
});
