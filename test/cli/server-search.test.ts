import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProbeRequest, ProbeResult } from '../../src/cli/probe.ts';
import { candidateHosts, findServer } from '../../src/cli/server-search.ts';

const reached: ProbeResult = {
  kind: 'reached',
  greeting: 'hi',
  capabilities: undefined,
  tls: undefined,
};
const failed: ProbeResult = { kind: 'failed', step: 'connect', reason: 'no', code: undefined };

/** Reaches exactly these places, written `host:port/tls`, and remembers what was tried. */
function network(...places: readonly string[]) {
  const tried: string[] = [];
  const probe = async ({ host, port, tls }: ProbeRequest): Promise<ProbeResult> => {
    const place = `${host}:${port}/${tls}`;
    tried.push(place);
    return places.includes(place) ? reached : failed;
  };
  return { probe, tried };
}

const any = { port: undefined, tls: undefined, ca: undefined, stepLimitMs: 1000 };

test('hosts are guessed from a mail address, a host is taken as it is', () => {
  assert.deepEqual(candidateHosts('me@Example.NET'), [
    'pop.example.net',
    'pop3.example.net',
    'mail.example.net',
    'example.net',
  ]);
  assert.deepEqual(candidateHosts('mail.example.net'), ['mail.example.net']);
});

test('the best encryption wins over the likeliest host', async () => {
  const { probe } = network('a:110/none', 'b:995/implicit', 'a:110/stls');
  const found = await findServer({ ...any, hosts: ['a', 'b'] }, probe, () => {});
  assert.deepEqual([found?.host, found?.port, found?.tls], ['b', 995, 'implicit']);
});

test('among hosts with the same encryption the likeliest is taken', async () => {
  const { probe } = network('c:110/stls', 'b:110/stls');
  const found = await findServer({ ...any, hosts: ['a', 'b', 'c'] }, probe, () => {});
  assert.deepEqual([found?.host, found?.tls], ['b', 'stls']);
});

test('unencrypted is the last resort', async () => {
  const { probe, tried } = network('a:110/none');
  const found = await findServer({ ...any, hosts: ['a'] }, probe, () => {});
  assert.equal(found?.tls, 'none');
  assert.deepEqual(tried, ['a:995/implicit', 'a:110/stls', 'a:110/none']);
});

test('a given port and encryption are the only ones tried', async () => {
  const { probe, tried } = network();
  const request = { ...any, hosts: ['a'], port: 1234, tls: 'stls' } as const;
  assert.equal(await findServer(request, probe, () => {}), undefined);
  assert.deepEqual(tried, ['a:1234/stls']);
});

test('each failure is told', async () => {
  const told: string[] = [];
  const { probe } = network('a:110/stls');
  await findServer({ ...any, hosts: ['a'] }, probe, (text) => told.push(text));
  assert.deepEqual(told, ['  a port 995 (TLS): no']);
});
