import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type MachineFacts,
  machineCheck,
  machineFacts,
} from '../../../src/cli/doctor/machine-check.ts';
import { readConfig } from '../../../src/config/load.ts';

const roomy: MachineFacts = {
  maxDescriptors: 1_000_000,
  memoryBytes: 64 * 1024 ** 3,
  acceptQueue: 4096,
  processors: 4,
};

async function levels(facts: Partial<MachineFacts>, settings = ''): Promise<string> {
  const text = `
listeners: [{name: a, port: 1110, tls: none}]
routes: [{name: r, upstream: {host: pop.example.net}}]
${settings}
`;
  const { config } = await readConfig(text, 'postern.yaml', {});
  const found: string[] = [];
  const { run } = machineCheck(config, { ...roomy, ...facts });
  for await (const { level } of run(new AbortController().signal)) found.push(level);
  return found.join(' ');
}

test('descriptors, memory and the queue are compared with what is wanted', async () => {
  assert.equal(await levels({}), 'ok ok ok');
  assert.equal(await levels({ maxDescriptors: 1024 }), 'warn ok ok');
  assert.equal(await levels({ maxDescriptors: 1024 }, 'limits: {max_sessions: 200}'), 'ok ok ok');
  assert.equal(await levels({ memoryBytes: 256 * 1024 ** 2 }), 'ok warn ok');
  assert.equal(await levels({ acceptQueue: 128 }), 'ok ok warn');
});

test('each worker needs memory of its own; auto is one for each processor', async () => {
  const memoryBytes = 1024 ** 3;
  assert.equal(await levels({ memoryBytes }), 'ok ok ok');
  assert.equal(await levels({ memoryBytes }, 'workers: 16'), 'ok warn ok');
  assert.equal(await levels({ memoryBytes, processors: 16 }, 'workers: auto'), 'ok warn ok');
});

test('what is not known is skipped', async () => {
  const unknown = { maxDescriptors: undefined, acceptQueue: undefined };
  assert.equal(await levels(unknown), 'skipped ok skipped');
});

test('the facts of this machine are numbers', async () => {
  const facts = await machineFacts();
  assert.ok(facts.memoryBytes > 0 && facts.processors > 0);
  if (process.platform !== 'linux') return;
  assert.ok((facts.maxDescriptors ?? 0) > 0 && (facts.acceptQueue ?? 0) > 0);
});
