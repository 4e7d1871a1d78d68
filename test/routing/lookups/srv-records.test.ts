import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SrvRecords } from '../../../src/routing/lookups/srv-records.ts';
import type { SrvRecord } from '../../../src/routing/srv-order.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { withCode } from '../../helpers/pipeline.ts';

const never = new AbortController().signal;
const server: SrvRecord = { name: 'pop.example.org', port: 995, priority: 1, weight: 1 };

function failing(code: string): Error {
  return Object.assign(new Error(code), { code });
}

test('both kinds of encryption are asked for, and the answer is remembered for a while', async () => {
  const clock = new FakeClock();
  const asked: string[] = [];
  const records = new SrvRecords(clock, async (name) => {
    asked.push(name);
    if (name.startsWith('_pop3.')) throw failing('ENODATA');
    return [server];
  });
  for (const waitMs of [0, 299_000]) {
    await clock.advance(waitMs);
    assert.deepEqual(await records.find('example.org', never), { implicit: [server], stls: [] });
  }
  assert.deepEqual(asked, ['_pop3s._tcp.example.org', '_pop3._tcp.example.org']);
  await clock.advance(2000);
  await records.find('example.org', never);
  assert.equal(asked.length, 4);
});

test('what failed is not remembered, and is no answer', async () => {
  let isBroken = true;
  const records = new SrvRecords(new FakeClock(), async () => {
    if (isBroken) throw failing('ESERVFAIL');
    return [];
  });
  await assert.rejects(records.find('example.org', never), withCode('LOOKUP_FAILED'));
  isBroken = false;
  assert.deepEqual(await records.find('example.org', never), { implicit: [], stls: [] });
});

test('a DNS that says nothing is not waited for for ever', async () => {
  const clock = new FakeClock();
  const records = new SrvRecords(clock, () => new Promise(() => {}));
  const failed = assert.rejects(records.find('example.org', never), withCode('LOOKUP_FAILED'));
  await clock.advance(10_000);
  await failed;
});

test('of an answer with thousands of servers, those with the lowest priority are kept', async () => {
  const many = Array.from({ length: 2000 }, (_, index) => ({ ...server, priority: 2000 - index }));
  const records = new SrvRecords(new FakeClock(), async () => many);
  const { implicit, stls } = await records.find('example.org', never);
  const priorities = Array.from({ length: 20 }, (_, index) => index + 1);
  for (const kept of [implicit, stls]) {
    assert.deepEqual(
      kept.map(({ priority }) => priority),
      priorities,
    );
  }
});
