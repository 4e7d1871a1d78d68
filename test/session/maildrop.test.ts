import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Maildrop } from '../../src/session/maildrop.ts';

const scan = [
  { number: 1, octets: 100 },
  { number: 2, octets: 200 },
  { number: 3, octets: 300 },
];
const uidls = [
  { number: 1, uidl: 'a' },
  { number: 2, uidl: 'b' },
  { number: 3, uidl: 'c' },
];

const numbers = (maildrop: Maildrop) => [...maildrop.present()].map((message) => message.number);

function mark(maildrop: Maildrop, number: number): void {
  const message = maildrop.find(number);
  assert.ok(message);
  maildrop.markDeleted(message);
}

test('messages carry size and UIDL of the upstream', () => {
  const maildrop = new Maildrop(scan, uidls);
  assert.ok(maildrop.hasUidls);
  assert.deepEqual(maildrop.find(2), {
    source: 'upstream',
    number: 2,
    upstreamNumber: 2,
    octets: 200,
    upstreamOctets: 200,
    uidl: 'b',
  });
  assert.deepEqual(maildrop.totals(), { count: 3, octets: 600 });
});

test('an upstream list in any order and with gaps is counted from 1', () => {
  const maildrop = new Maildrop(
    [
      { number: 9, octets: 900 },
      { number: 4, octets: 400 },
    ],
    undefined,
  );
  assert.ok(!maildrop.hasUidls);
  assert.deepEqual(
    [...maildrop.present()].map((message) => [
      message.number,
      message.source === 'upstream' && message.upstreamNumber,
    ]),
    [
      [1, 4],
      [2, 9],
    ],
  );
});

test('what is known by a UIDL is not announced where messages share it', () => {
  const shared = [
    { number: 1, uidl: 'a' },
    { number: 2, uidl: 'b' },
    { number: 3, uidl: 'a' },
  ];
  const maildrop = new Maildrop(scan, shared, (octets, uidl) => (uidl === undefined ? octets : 7));
  assert.deepEqual(
    [...maildrop.present()].map(({ octets, uidl }) => [octets, uidl]),
    [
      [100, 'a'],
      [7, 'b'],
      [300, 'a'],
    ],
  );
});

test('a maildrop may be empty', () => {
  const maildrop = new Maildrop([], []);
  assert.deepEqual(maildrop.totals(), { count: 0, octets: 0 });
  assert.deepEqual(numbers(maildrop), []);
});

test('numbers that do not exist find nothing', () => {
  const maildrop = new Maildrop(scan, uidls);
  for (const number of [0, 4, 9_999_999_999]) assert.equal(maildrop.find(number), undefined);
});

test('a marked message is not found and not counted, and no number shifts', () => {
  const maildrop = new Maildrop(scan, uidls);
  mark(maildrop, 2);
  assert.equal(maildrop.find(2), undefined);
  assert.equal(maildrop.find(3)?.uidl, 'c');
  assert.deepEqual(numbers(maildrop), [1, 3]);
  assert.deepEqual(maildrop.totals(), { count: 2, octets: 400 });
  assert.deepEqual(
    maildrop.deleted().map((message) => message.uidl),
    ['b'],
  );
});

test('unmarking brings everything back', () => {
  const maildrop = new Maildrop(scan, uidls);
  for (const number of [1, 2, 3]) mark(maildrop, number);
  assert.deepEqual(numbers(maildrop), []);
  maildrop.unmarkAll();
  assert.deepEqual(numbers(maildrop), [1, 2, 3]);
  assert.deepEqual(maildrop.deleted(), []);
});

test('a message is hidden by its UIDL, unless that is the name of another one, too', () => {
  const twice = [...uidls.slice(0, 2), { number: 3, uidl: uidls[0]?.uidl ?? '' }];
  const hiding = (given: typeof uidls, uidl: string) =>
    new Maildrop(scan, given, undefined, { hiddenUidls: new Set([uidl]), stored: [] });
  assert.equal(hiding(uidls, uidls[0]?.uidl ?? '').totals().count, scan.length - 1);
  assert.equal(hiding(twice, uidls[0]?.uidl ?? '').totals().count, scan.length);
});

const inconsistent: readonly [name: string, make: () => Maildrop][] = [
  ['a number listed twice', () => new Maildrop([...scan, { number: 2, octets: 1 }], undefined)],
  ['fewer UIDLs than messages', () => new Maildrop(scan, uidls.slice(1))],
  ['more UIDLs than messages', () => new Maildrop(scan.slice(1), uidls)],
  [
    'a UIDL of a number that is not listed',
    () => new Maildrop(scan, [...uidls.slice(1), { number: 7, uidl: 'x' }]),
  ],
  [
    'two UIDLs of one number',
    () => new Maildrop(scan, [...uidls.slice(1), { number: 2, uidl: 'x' }]),
  ],
];

for (const [name, make] of inconsistent) {
  test(`${name} is refused`, () => {
    assert.throws(make, { code: 'UPSTREAM_PROTOCOL', fault: 'upstream' });
  });
}

test('whatever is marked, what is present and what is deleted make up the maildrop', () => {
  const entries = fc.uniqueArray(fc.record({ number: fc.nat(50), octets: fc.nat(1000) }), {
    selector: (entry) => entry.number,
    maxLength: 20,
  });
  fc.assert(
    fc.property(entries, fc.array(fc.nat(21)), (list, marks) => {
      const maildrop = new Maildrop(list, undefined);
      for (const number of marks) {
        const message = maildrop.find(number);
        if (message !== undefined) maildrop.markDeleted(message);
      }
      const all = [...maildrop.present(), ...maildrop.deleted()].map((message) => message.number);
      assert.deepEqual(
        all.sort((a, b) => a - b),
        list.map((_, index) => index + 1),
      );
      const { count, octets } = maildrop.totals();
      const deletedOctets = maildrop.deleted().reduce((sum, message) => sum + message.octets, 0);
      assert.equal(count, list.length - maildrop.deleted().length);
      assert.equal(
        octets + deletedOctets,
        list.reduce((sum, entry) => sum + entry.octets, 0),
      );
    }),
  );
});
