import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestLimit } from '../../../src/admin/training/request-limit.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

function answered(limit: RequestLimit, address: string, times: number): number {
  return Array.from({ length: times }, () => limit.takes(address)).filter(Boolean).length;
}

test('a network has 120 requests at once and two a second', async () => {
  const clock = new FakeClock();
  const limit = new RequestLimit(clock);
  assert.equal(answered(limit, '192.0.2.1', 200), 120);
  assert.equal(answered(limit, '192.0.2.2', 1), 1);
  await clock.advance(10_000);
  assert.equal(answered(limit, '192.0.2.1', 200), 20);
  await clock.advance(3_600_000);
  assert.equal(answered(limit, '192.0.2.1', 200), 120);
});

test('addresses of one IPv6 network count together', () => {
  const limit = new RequestLimit(new FakeClock());
  assert.equal(answered(limit, '2001:db8::1', 120), 120);
  assert.equal(answered(limit, '2001:db8::2', 1), 0);
  assert.equal(answered(limit, '2001:db8:0:1::2', 1), 1);
});
