import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { portCheck } from '../../../src/cli/doctor/port-check.ts';
import type { ProbeRequest, ProbeResult } from '../../../src/cli/probe.ts';
import { readConfig } from '../../../src/config/load.ts';
import type { Diagnosis } from '../../../src/plugin-api/diagnosis.ts';

const nobody: ProbeResult = {
  kind: 'failed',
  step: 'connect',
  reason: 'no answer',
  code: undefined,
};

function greeting(text: string): ProbeResult {
  return { kind: 'reached', greeting: text, capabilities: undefined, tls: undefined };
}

async function diagnose(
  listener: string,
  answer: ProbeResult = nobody,
): Promise<{ readonly found: Diagnosis; readonly asked: readonly ProbeRequest[] }> {
  const text = `
listeners: [{name: a, ${listener}}]
routes: [{name: r, upstream: {host: pop.example.net}}]
`;
  const { config } = await readConfig(text, 'postern.yaml', {});
  const asked: ProbeRequest[] = [];
  const [facts] = config.listeners;
  assert.ok(facts);
  const check = portCheck(facts, {
    probe: async (request) => {
      asked.push(request);
      return answer;
    },
  });
  const all: Diagnosis[] = [];
  for await (const each of check.run(new AbortController().signal)) all.push(each);
  const [found] = all;
  assert.ok(found);
  assert.equal(all.length, 1);
  return { found, asked };
}

async function takenPort(address = '127.0.0.1') {
  const server = createServer();
  server.listen(0, address);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}

test('a port that is free is left free', async () => {
  const { port } = await takenPort().then(async (taken) => {
    await taken[Symbol.asyncDispose]();
    return taken;
  });
  for (const _ of [1, 2]) {
    const { found, asked } = await diagnose(`port: ${port}, tls: none`);
    assert.equal(found.level, 'ok');
    assert.match(found.found, /is free$/);
    assert.deepEqual(asked, []);
  }
  assert.match((await diagnose('port: 0, tls: none')).found.found, /any free port/);
});

test('a port is held by a running Postern if it greets as this listener does', async () => {
  await using taken = await takenPort();
  const listener = `port: ${taken.port}, tls: implicit, banner: Mail here`;
  const running = await diagnose(listener, greeting('Mail here'));
  assert.equal(running.found.level, 'ok');
  assert.match(running.found.found, /held by a running Postern/);
  assert.equal(running.asked[0]?.tls, 'implicit');

  const other = await diagnose(listener, greeting('Dovecot ready.'));
  assert.equal(other.found.level, 'fail');
  assert.match(other.found.found, /another POP3 server \("Dovecot ready\."\)/);
  const mute = await diagnose(listener, nobody);
  assert.equal(mute.found.level, 'fail');
  assert.match(mute.found.found, /does not answer like Postern/);
});

test('a listener on all addresses is asked at the loopback address', async () => {
  await using taken = await takenPort('0.0.0.0');
  const listener = `address: 0.0.0.0, port: ${taken.port}, tls: stls`;
  const { asked } = await diagnose(listener, greeting('Postern ready'));
  assert.deepEqual([asked[0]?.host, asked[0]?.tls], ['127.0.0.1', 'none']);
});

test('an address that this machine does not have fails', async () => {
  const { found } = await diagnose('address: 192.0.2.1, port: 1110, tls: none');
  assert.equal(found.level, 'fail');
  assert.match(found.found, /does not have the address/);
});

test('what cannot be asked from outside is left alone', async () => {
  await using taken = await takenPort();
  for (const listener of [
    'socket: pop3s, tls: none',
    `port: ${taken.port}, tls: none, intercept: redirect`,
  ]) {
    const { found, asked } = await diagnose(listener);
    assert.equal(found.level, 'skipped');
    assert.deepEqual(asked, []);
  }
});

test('a listener that serves other networks says nothing to this machine', async () => {
  await using taken = await takenPort();
  const far = await diagnose(`port: ${taken.port}, tls: none, networks: [192.0.2.0/24]`);
  assert.equal(far.found.level, 'skipped');
  assert.deepEqual(far.asked, []);
  const near = `port: ${taken.port}, tls: none, networks: [192.0.2.0/24, 127.0.0.0/8]`;
  assert.equal((await diagnose(near, greeting('Postern ready'))).found.level, 'ok');
});

test('a listener behind load balancers is asked as by one of them, or not at all', async () => {
  await using taken = await takenPort();
  const listener = (from: string, others = 'refused'): string =>
    `port: ${taken.port}, tls: none, proxy_protocol: {from: [${from}], others: ${others}}`;
  const far = await diagnose(listener('192.0.2.0/24'));
  assert.equal(far.found.level, 'skipped');
  const near = await diagnose(listener('127.0.0.0/8'), greeting('Postern ready'));
  assert.equal(near.found.level, 'ok');
  assert.match(near.asked[0]?.preamble?.toString('latin1') ?? '', /QUIT\n\x20/);
  const open = await diagnose(listener('192.0.2.0/24', 'allowed'), greeting('Postern ready'));
  assert.equal(open.found.level, 'ok');
  assert.equal(open.asked[0]?.preamble, undefined);
});
