import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settlePlace } from '../../src/proxy/look-up.ts';
import type { NameServices } from '../../src/routing/lookups/leads-to.ts';
import { Routes } from '../../src/routing/route.ts';
import type { TargetPlan } from '../../src/routing/target-plan.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { parseRoute } from '../helpers/routes.ts';

const address = '198.51.100.7';

/** Of a diverted client that asks for this name. */
function planFor(serverName: string | undefined, host = address): TargetPlan {
  const routes = new Routes([parseRoute({ name: 'r', upstream: { from: 'destination' } })]);
  return routes.getPlan({
    listener: 'pop3',
    clientAddress: '192.0.2.9',
    serverName,
    destination: { address: host, port: 995 },
    loginName: Buffer.from('ann'),
  });
}

async function placeWith(
  plan: TargetPlan,
  resolveAddresses: NonNullable<NameServices['resolveAddresses']>,
  { clock = new FakeClock(), signal = new AbortController().signal } = {},
): Promise<string> {
  return (await settlePlace(plan, { clock, resolveAddresses }, signal)).place;
}

test('a maildrop is known by the name of its server where that leads to the server', async () => {
  const asked: string[] = [];
  const resolve = async (name: string, type: string): Promise<string[]> => {
    asked.push(`${name} ${type}`);
    return type === 'A' ? ['198.51.100.6', address] : ['2A00:0::7'];
  };
  assert.equal(await placeWith(planFor('pop.isp.example'), resolve), 'pop.isp.example');
  assert.equal(await placeWith(planFor('pop.isp.example', '2a00::7'), resolve), 'pop.isp.example');
  assert.deepEqual(asked, ['pop.isp.example A', 'pop.isp.example AAAA']);
});

test('a name of another server under the same certificate gives no maildrop of that one', async () => {
  const elsewhere = async (): Promise<string[]> => ['198.51.100.8'];
  assert.equal(await placeWith(planFor('pop1.isp.example'), elsewhere), address);
  const unknown = () => Promise.reject(new Error('ENOTFOUND'));
  assert.equal(await placeWith(planFor('pop1.isp.example'), unknown), address);
});

test('nobody is asked about a session without a name, or with one that is none', async () => {
  const never = () => assert.fail('asked');
  assert.equal(await placeWith(planFor(undefined), never), address);
  assert.equal(await placeWith(planFor('not a name'), never), address);
});

test('a DNS that says nothing is not waited for for ever, nor longer than the client waits', async () => {
  const clock = new FakeClock();
  const silent = () => new Promise<never>(() => {});
  const place = placeWith(planFor('pop.isp.example'), silent, { clock });
  await clock.advance(3_000);
  assert.equal(await place, address);
  const client = new AbortController();
  const gone = placeWith(planFor('pop.isp.example'), silent, { signal: client.signal });
  client.abort(new Error('gone'));
  await assert.rejects(gone, /gone/);
});
