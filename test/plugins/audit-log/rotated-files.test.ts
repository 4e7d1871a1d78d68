import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  isDue,
  listRotated,
  outdated,
  type RotatedFile,
  rotatedPath,
} from '../../../plugins/audit-log/rotated-files.ts';
import { temporaryFolder } from '../../helpers/process.ts';

const nowMs = Date.parse('2026-11-23T12:00:00.999Z');
const dayMs = 86_400_000;

test('the name of a file that is put aside tells when that was', () => {
  assert.equal(
    rotatedPath('/log/audit.jsonl', nowMs, 1),
    '/log/audit-2026-11-23T120000Z-000001.jsonl',
  );
  assert.equal(rotatedPath('/log/audit', nowMs, 1234567), '/log/audit-2026-11-23T120000Z-1234567');
});

test('only files of that trail are listed, from old to new', async () => {
  await using folder = await temporaryFolder('rotated');
  const names = [
    'audit-2026-11-23T120000Z-000010.jsonl',
    'audit-2026-11-24T120000Z-000009.jsonl.gz',
    'audit-2026-11-23T120000Z-000008.log',
    'audit-2026-11-23T120000Z-000007.jsonl.gz.new',
    'audit-2026-99-23T120000Z-000006.jsonl',
    'audit-more-2026-11-23T120000Z-000005.jsonl',
    'audit.jsonl',
    'audit.jsonl.1',
    'audit.jsonl.head',
  ];
  for (const name of names) await writeFile(join(folder.path, name), '');
  assert.deepEqual(await listRotated(join(folder.path, 'audit.jsonl')), [
    {
      path: join(folder.path, 'audit-2026-11-24T120000Z-000009.jsonl.gz'),
      number: 9,
      rotatedMs: Date.parse('2026-11-24T12:00:00Z'),
      isCompressed: true,
    },
    {
      path: join(folder.path, 'audit-2026-11-23T120000Z-000010.jsonl'),
      number: 10,
      rotatedMs: Date.parse('2026-11-23T12:00:00Z'),
      isCompressed: false,
    },
  ]);
});

test('a file is put aside before it gets too large, but never empty', () => {
  const bySize = { maxBytes: 1000, every: 'never' } as const;
  const since = { sinceMs: 0 };
  assert.equal(isDue(bySize, { octets: 900, ...since }, { octets: 100, nowMs }), false);
  assert.equal(isDue(bySize, { octets: 900, ...since }, { octets: 101, nowMs }), true);
  assert.equal(isDue(bySize, { octets: 0, ...since }, { octets: 5000, nowMs }), false);
});

const times: readonly (readonly ['day' | 'week', string, string, boolean])[] = [
  ['day', '2026-11-23T00:00:00Z', '2026-11-23T23:59:59Z', false],
  ['day', '2026-11-23T23:59:59Z', '2026-11-24T00:00:00Z', true],
  // 23 November 2026 is a Monday.
  ['week', '2026-11-23T00:00:00Z', '2026-11-29T23:59:59Z', false],
  ['week', '2026-11-22T23:59:59Z', '2026-11-23T00:00:00Z', true],
  // A clock that was set back.
  ['day', '2026-11-24T00:00:00Z', '2026-11-23T00:00:00Z', false],
];

for (const [every, since, now, expected] of times) {
  test(`${every}: from ${since} to ${now} ${expected ? 'a new file begins' : 'none begins'}`, () => {
    const current = { octets: 1, sinceMs: Date.parse(since) };
    const next = { octets: 1, nowMs: Date.parse(now) };
    assert.equal(isDue({ maxBytes: 1000, every }, current, next), expected);
  });
}

function aged(...days: readonly number[]): RotatedFile[] {
  return days.map((age, index) => ({
    path: `${index}`,
    number: index,
    rotatedMs: nowMs - age * dayMs,
    isCompressed: true,
  }));
}

test('what is kept goes by number or by age, and always without a gap', () => {
  const pathsOf = (files: readonly RotatedFile[]) => files.map(({ path }) => path).join();
  const files = aged(40, 30, 20, 10);
  assert.equal(pathsOf(outdated(files, { kind: 'all' }, nowMs)), '');
  assert.equal(pathsOf(outdated(files, { kind: 'files', count: 3 }, nowMs)), '0');
  assert.equal(pathsOf(outdated(files, { kind: 'files', count: 9 }, nowMs)), '');
  assert.equal(pathsOf(outdated(files, { kind: 'age', ageMs: 30 * dayMs }, nowMs)), '0');
  assert.equal(pathsOf(outdated(files, { kind: 'age', ageMs: 5 * dayMs }, nowMs)), '0,1,2,3');
  const setBack = aged(40, 5, 20, 10);
  assert.equal(pathsOf(outdated(setBack, { kind: 'age', ageMs: 10 * dayMs }, nowMs)), '0');
});
