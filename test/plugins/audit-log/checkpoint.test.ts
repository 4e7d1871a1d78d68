import assert from 'node:assert/strict';
import { readFile, truncate } from 'node:fs/promises';
import { test } from 'node:test';
import { Checkpoint, checkpointDelayMs } from '../../../plugins/audit-log/checkpoint.ts';
import { Trail } from '../../../plugins/audit-log/trail.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { plainOptions, record, type TrailFolder, trailFolder } from './trail-folder.ts';

/** A checkpoint that counts how often it was written; `isBroken` makes that fail. */
function counted(state: 'missing' | 'there') {
  const clock = new FakeClock();
  const seen = { saves: 0, failures: 0, isBroken: false };
  const checkpoint = new Checkpoint(state, {
    clock,
    async save() {
      if (seen.isBroken) throw new Error('no room');
      seen.saves += 1;
    },
    inTurn: (work) => work(),
    reportFailure() {
      seen.failures += 1;
    },
  });
  return { checkpoint, clock, seen };
}

test('it follows many lines at once, a second behind the first of them', async () => {
  const { checkpoint, clock, seen } = counted('there');
  for (let line = 0; line < 10; line += 1) {
    await checkpoint.saveSoon();
    await clock.advance(checkpointDelayMs / 20);
  }
  assert.equal(seen.saves, 0);
  await clock.advance(checkpointDelayMs / 2);
  assert.equal(seen.saves, 1);
  await clock.advance(checkpointDelayMs * 10);
  assert.equal(seen.saves, 1);
});

test('where there is none, the first line makes one', async () => {
  const { checkpoint, seen } = counted('missing');
  await checkpoint.saveSoon();
  await checkpoint.saveSoon();
  assert.equal(seen.saves, 1);
});

test('closing brings it up to the lines, and does nothing when it is', async () => {
  const { checkpoint, clock, seen } = counted('there');
  await checkpoint.saveSoon();
  await checkpoint.close();
  await checkpoint.close();
  await clock.advance(checkpointDelayMs);
  assert.equal(seen.saves, 1);
});

test('one that could not be written is reported, and the next record fails with it', async () => {
  const { checkpoint, clock, seen } = counted('there');
  seen.isBroken = true;
  await checkpoint.saveSoon();
  await clock.advance(checkpointDelayMs);
  assert.equal(seen.failures, 1);
  await assert.rejects(checkpoint.saveSoon(), /no room/);
  seen.isBroken = false;
  await checkpoint.saveSoon();
  assert.deepEqual([seen.saves, seen.failures], [1, 1]);
});

/** The number of the last line that the checkpoint knows. */
async function known({ path }: TrailFolder): Promise<unknown> {
  return JSON.parse(await readFile(`${path}.head`, 'utf8')).last.seq;
}

for (const [durability, seq] of [
  ['system', 1],
  ['disk', 3],
] as const) {
  test(`three lines at once leave the checkpoint at line ${seq} (${durability})`, async (t) => {
    const folder = await trailFolder(t);
    const clock = new FakeClock();
    const trail = await folder.open({ clock, durability });
    for (const name of ['one', 'two', 'three']) await trail.append(record(name));
    assert.equal(await known(folder), seq);
    assert.equal((await folder.verify()).at(-1), 'whole');
    await clock.advance(checkpointDelayMs);
    await trail.flush();
    assert.equal(await known(folder), 3);
    await trail.append(record('four'));
    await trail.close();
    assert.equal(await known(folder), 4);
  });
}

test('lines that are cut off before the checkpoint knows them are missed with the next line', async (t) => {
  const folder = await trailFolder(t);
  const trail = await Trail.open(folder.path, { ...plainOptions, clock: new FakeClock() });
  await trail.append(record('one'));
  const { length } = await folder.read();
  await trail.append(record('two'));
  await truncate(folder.path, length);
  await trail.append(record('three'));
  await trail.close();
  assert.deepEqual(await folder.verify(), [
    'audit.jsonl:2: missing: before it, line 2 is not there',
    'not whole',
  ]);
});
