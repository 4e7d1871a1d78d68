import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { UpstreamTarget } from '../../src/config/schema.ts';
import { UpstreamTrusts } from '../../src/tls/upstream-trust.ts';
import { targetOn } from '../upstream/target.ts';

test('trust towards an upstream demands its name, or its address where that is configured', async () => {
  const trusts = await UpstreamTrusts.load([targetOn(1)]);
  const named = trusts.of(targetOn(1, { serverName: 'pop.example' }));
  assert.equal(named.servername, 'pop.example');
  assert.equal(named.rejectUnauthorized, true);
  const numbered = trusts.of(targetOn(1, { host: 'gate', serverName: '192.0.2.1' }));
  assert.equal(numbered.servername, undefined);
  assert.equal(numbered.host, '192.0.2.1');
});

test('a dot at the end of a name is neither sent nor verified', async () => {
  const options = (await UpstreamTrusts.load([targetOn(1)])).of(
    targetOn(1, { serverName: 'pop.example.' }),
  );
  assert.equal(options.servername, 'pop.example');
  assert.equal(options.host, 'pop.example');
});

function withName(route: UpstreamTarget, host: string): UpstreamTarget {
  return { ...route, host, serverName: host, port: 995 };
}

test('a target that was derived from a route is trusted as the route is', async () => {
  const routes = [targetOn(1), targetOn(2, { minTlsVersion: 'TLSv1.3' }), targetOn(3)];
  const trusts = await UpstreamTrusts.load(routes);
  const [first, stricter] = routes.map((route) => trusts.of(withName(route, 'other.example')));
  assert.equal(first?.minVersion, 'TLSv1.2');
  assert.equal(stricter?.minVersion, 'TLSv1.3');
  assert.equal(first?.secureContext, trusts.of(targetOn(3)).secureContext);
});

test('settings that are of no route are trusted with nothing', async () => {
  const trusts = await UpstreamTrusts.load([targetOn(1)]);
  assert.throws(() => trusts.of(targetOn(1, { verify: 'none' })), /no trust was loaded/);
  assert.throws(() => trusts.of(targetOn(1, { caFile: undefined })), /no trust was loaded/);
});

test('a CA file that is not there is an error', async () => {
  const target = targetOn(1, { caFile: join('/', 'no', 'such', 'ca.pem') });
  await assert.rejects(UpstreamTrusts.load([target]), { code: 'ENOENT' });
});
