import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../src/base/errors.ts';
import type { RouteConfig, UpstreamTarget } from '../../src/config/schema.ts';
import { type Reached, reachUpstream } from '../../src/proxy/reach-upstream.ts';
import type { TargetOrigin } from '../../src/routing/target-policy.ts';
import { withCode } from '../helpers/pipeline.ts';
import { type TestServices, testServices } from '../helpers/proxy.ts';
import {
  close,
  expect,
  expectEnd,
  perform,
  type Script,
  send,
  startScriptedUpstream,
} from '../helpers/scripted-upstream.ts';

const well: Script = [send('+OK\r\n'), expect('CAPA'), send('-ERR\r\n'), expectEnd()];

const client = { address: '192.0.2.7', port: 40_000 };

interface Attempt {
  readonly origin?: TargetOrigin;
  readonly signal?: AbortSignal;
  readonly accept?: (reached: Reached) => void;
}

/** Tries these ports of loopback in this order. */
async function reach(
  services: TestServices,
  ports: readonly number[],
  { origin = 'configuration', accept = () => {}, signal }: Attempt = {},
): Promise<number> {
  const [route] = services.config.routes;
  assert(route !== undefined);
  const candidates = ports.map((port, tier) => ({ ...route.upstream, port, tier }));
  const reached = await reachUpstream(
    { route, candidates, origin, account: 'kim', client, log: services.log },
    services,
    signal ?? new AbortController().signal,
    accept,
  );
  reached.upstream.close();
  return reached.target.port;
}

function logged({ log }: TestServices): string[] {
  return log.lines.map(({ text }) => text);
}

/** Nobody listens there. */
async function closedPort(): Promise<number> {
  await using upstream = await startScriptedUpstream([]);
  return upstream.port;
}

test('the first host is taken when it is well, and nothing is said of it', async () => {
  const services = await testServices();
  await using one = await startScriptedUpstream(well);
  await using other = await startScriptedUpstream([]);
  assert.equal(await reach(services, [one.port, other.port]), one.port);
  assert.equal(other.connections.length, 0);
  assert.deepEqual(logged(services), []);
});

const failures: Readonly<Record<string, Script>> = {
  'asks to come back later': [send('-ERR [SYS/TEMP] later\r\n'), expectEnd()],
  'refuses without a reason': [send('-ERR too many\r\n'), expectEnd()],
  'leaves at once': [close()],
  'speaks another protocol': [send('220 hello\r\n'), expectEnd()],
};

for (const [what, script] of Object.entries(failures)) {
  test(`after a host that ${what} the next one is taken, and keeps the session for a while`, async () => {
    const services = await testServices();
    await using bad = await startScriptedUpstream(script);
    await using good = await startScriptedUpstream(well);
    const ports = [bad.port, good.port];
    assert.equal(await reach(services, ports), good.port);
    assert.equal(await reach(services, ports), good.port);
    assert.equal(bad.connections.length, 1);
    assert.deepEqual(logged(services), [
      'upstream host is passed over',
      'upstream not reached, the next is tried',
    ]);
  });
}

test('a host that nobody answers for is passed over, and taken again when it is back', async () => {
  const services = await testServices();
  await using good = await startScriptedUpstream(well);
  const ports = [await closedPort(), good.port];
  assert.equal(await reach(services, ports), good.port);
  // Both have failed now: the one whose turn it is shows that it is back.
  const [route] = services.config.routes;
  assert(route !== undefined);
  services.hostHealth.failed({ ...route.upstream, port: good.port }, -1e9);
  assert.equal(await reach(services, ports), good.port);
  assert.equal(logged(services).at(-1), 'upstream host is back');
});

test('a host that says no for good is no failure of the host', async () => {
  const services = await testServices();
  await using bad = await startScriptedUpstream([send('-ERR [SYS/PERM] no\r\n'), expectEnd()]);
  await using good = await startScriptedUpstream(well);
  assert.equal(await reach(services, [bad.port, good.port]), good.port);
  assert.equal(services.hostHealth.failingHosts, 0);
});

test('what is wrong with the last host is what counts, and not more than three are tried', async () => {
  const services = await testServices();
  await using last = await startScriptedUpstream([send('-ERR [SYS/TEMP] third\r\n'), expectEnd()]);
  await using never = await startScriptedUpstream([]);
  const ports = [await closedPort(), await closedPort(), last.port, never.port];
  await assert.rejects(reach(services, ports), (error) => {
    return error instanceof AppError && error.clientText === 'third';
  });
  assert.equal(never.connections.length, 0);
});

test('a client that is gone has no further host tried', async () => {
  const services = await testServices();
  const controller = new AbortController();
  const gone = new AppError('CLIENT_GONE', { fault: 'client', publicText: 'gone' });
  await using one = await startScriptedUpstream([
    perform('the client leaves', () => controller.abort(gone)),
    expectEnd(),
  ]);
  await using other = await startScriptedUpstream([]);
  const { signal } = controller;
  const ports = [one.port, other.port];
  await assert.rejects(reach(services, ports, { signal }), withCode('CLIENT_GONE'));
  assert.equal(other.connections.length, 0);
  assert.equal(services.hostHealth.failingHosts, 0);
});

test('a host that is not accepted is left, and is not taken for one that fails', async () => {
  const services = await testServices();
  await using one = await startScriptedUpstream(well);
  await using other = await startScriptedUpstream(well);
  const accept = ({ target }: Reached): void => {
    if (target.port !== other.port) throw new AppError('X', { fault: 'upstream', publicText: 'x' });
  };
  assert.equal(await reach(services, [one.port, other.port], { accept }), other.port);
  await one.done();
  assert.equal(services.hostHealth.failingHosts, 0);
});

test('what is forbidden is not connected to, whoever else is tried', async () => {
  const services = await testServices();
  await using one = await startScriptedUpstream([]);
  const attempt = reach(services, [one.port, one.port], { origin: 'lookup' });
  await assert.rejects(attempt, withCode('TARGET_FORBIDDEN'));
  assert.equal(one.connections.length, 0);
  // The last one is told of by whoever asked.
  assert.deepEqual(logged(services), ['upstream not reached, the next is tried']);
  assert.equal(services.hostHealth.failingHosts, 0);
});

test('a name that resolves to an address inside is refused after it was resolved', async () => {
  await using one = await startScriptedUpstream([]);
  const services = await testServices();
  const [given] = services.config.routes;
  assert(given !== undefined);
  const targets = { names: ['localhost'], networks: [], ports: [one.port] };
  const route: RouteConfig = { ...given, targets };
  const target: UpstreamTarget = { ...route.upstream, host: 'localhost', port: one.port };
  const destination = {
    client,
    route,
    candidates: [target],
    origin: 'login name',
    account: 'kim',
  } as const;
  const { log } = services;
  const { signal } = new AbortController();
  await assert.rejects(
    reachUpstream({ ...destination, log }, services, signal, () => {}),
    (error) => error instanceof AppError && error.details['reason'] === 'not public',
  );
  assert.equal(one.connections.length, 0);
});
