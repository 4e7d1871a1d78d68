import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { orderSrv, type SrvRecord, srvServerName } from '../../src/routing/srv-order.ts';

function record(name: string, more: Partial<SrvRecord> = {}): SrvRecord {
  return { name, port: 995, priority: 10, weight: 1, ...more };
}

test('priorities come in order, and what is no server is left out', () => {
  const records = [
    record('late.example', { priority: 20 }),
    record('.'),
    record('First.Example.', { priority: 5, port: 1995 }),
    record('127.1'),
    record('192.0.2.1'),
    record('none.example', { port: 0 }),
  ];
  assert.deepEqual(orderSrv(records, 'ann'), [
    { host: 'first.example', port: 1995 },
    { host: 'late.example', port: 995 },
  ]);
});

test('a mailbox has one order, however the records come', () => {
  const name = fc.constantFrom('a.example', 'b.example', 'c.example', 'd.example');
  const records = fc.uniqueArray(fc.record({ name, weight: fc.nat(100) }), {
    selector: (each) => each.name,
  });
  fc.assert(
    fc.property(records, fc.string(), (some, mailbox) => {
      const all = some.map(({ name: host, weight }) => record(host, { weight }));
      assert.deepEqual(orderSrv(all, mailbox), orderSrv(all.toReversed(), mailbox));
    }),
  );
});

test('among equals, each comes first for a part of the mailboxes that goes by its weight', () => {
  const records = [
    record('a.example', { weight: 3 }),
    record('b.example'),
    record('z.example', { weight: 0 }),
  ];
  const first = new Map<string | undefined, number>();
  for (let index = 0; index < 4000; index += 1) {
    const host = orderSrv(records, `user${index}`)[0]?.host;
    first.set(host, (first.get(host) ?? 0) + 1);
  }
  const [a = 0, b = 0, z = 0] = ['a.example', 'b.example', 'z.example'].map((host) =>
    first.get(host),
  );
  assert(a > 2800 && a < 3200, `${a} of 4000`);
  assert(b > 800 && b < 1200, `${b} of 4000`);
  assert(z < 60, `${z} of 4000`);
});

test('a server proves the domain of the user, or a name below it', () => {
  assert.equal(srvServerName('pop.example.org', 'example.org'), 'pop.example.org');
  assert.equal(srvServerName('example.org', 'example.org'), 'example.org');
  assert.equal(srvServerName('pop.hoster.example', 'example.org'), 'example.org');
  assert.equal(srvServerName('notexample.org', 'example.org'), 'example.org');
});
