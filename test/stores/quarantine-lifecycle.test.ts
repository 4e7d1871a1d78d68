// What becomes of an entry: its states, its retention, and what a crash leaves of it.
import assert from 'node:assert/strict';
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../src/base/errors.ts';
import { diskActions, type FileActions } from '../../src/stores/durable-file.ts';
import { hasContent, mayBecome, quarantineStates } from '../../src/stores/quarantine-states.ts';
import type { QuarantineState } from '../../src/stores/store.ts';
import {
  contentOf,
  dayMs,
  inChunks,
  letter,
  putNumbered,
  type QuarantinePlace,
  quarantinePlace,
  recordOf,
} from './quarantine-fixture.ts';

async function statesIn(place: QuarantinePlace): Promise<Record<string, QuarantineState>> {
  const { quarantine } = await place.open();
  const entries = await quarantine.list({});
  return Object.fromEntries(entries.map(({ subject, state }) => [String(subject), state]));
}

test('an entry changes its state, remembers when, and loses its content with it', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open();
  const id = await putNumbered(quarantine, 1);
  await place.clock.advance(1000);
  const released = await quarantine.mark(id, 'released');
  assert.equal(released.state, 'released');
  assert.equal(released.changedAtMs - released.storedAtMs, 1000);
  assert.equal(await quarantine.isSafe(id), true);
  await place.clock.advance(1000);
  assert.equal((await quarantine.mark(id, 'collected')).changedAtMs, place.clock.nowMs());
  assert.equal(await quarantine.isSafe(id), false);
  assert.deepEqual(await place.sealed(), []);
  await assert.rejects(contentOf(quarantine, id), { code: 'QUARANTINE_NOT_FOUND' });
  // The row stays: it tells that the reader has the message.
  assert.equal((await quarantine.find(id))?.state, 'collected');
});

test('marks of one state twice are one, of a state that cannot follow an error, of nothing too', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open();
  const id = await putNumbered(quarantine, 1);
  await assert.rejects(quarantine.mark(id, 'collected'), (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'QUARANTINE_STATE');
    assert.match(error.publicText, /held cannot become collected/);
    return true;
  });
  const first = await quarantine.mark(id, 'discarded');
  await place.clock.advance(1000);
  assert.deepEqual(await quarantine.mark(id, 'discarded'), first);
  await assert.rejects(quarantine.mark(id, 'released'), { code: 'QUARANTINE_STATE' });
  await assert.rejects(quarantine.mark('0'.repeat(32), 'released'), {
    code: 'QUARANTINE_NOT_FOUND',
  });
});

test('whatever is done in whatever order, an entry with content has it and no other file is there', async () => {
  const step = fc.constantFrom('put', ...quarantineStates.filter((state) => state !== 'held'));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      await using place = await quarantinePlace();
      const { quarantine } = await place.open();
      const { id } = await quarantine.put(recordOf(letter), inChunks(letter));
      let state: QuarantineState = 'held';
      for (const each of steps) {
        if (each === 'put') {
          const { isNew } = await quarantine.put(recordOf(letter), inChunks(letter));
          assert.equal(isNew, !hasContent(state));
          if (!hasContent(state)) state = 'held';
        } else if (each === state || mayBecome(state, each)) {
          await quarantine.mark(id, each);
          state = each;
        } else {
          await assert.rejects(quarantine.mark(id, each), { code: 'QUARANTINE_STATE' });
        }
        assert.equal((await quarantine.find(id))?.state, state);
        assert.equal(await quarantine.isSafe(id), hasContent(state));
        assert.equal((await place.sealed()).length, hasContent(state) ? 1 : 0);
      }
    }),
    { numRuns: 25 },
  );
});

test('a message that comes again after its content is gone is held anew, under its code', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open();
  const { id, code } = await quarantine.put(recordOf(letter), inChunks(letter));
  for (const gone of ['discarded', 'expired'] as const) {
    await quarantine.mark(id, gone);
    await place.clock.advance(1000);
    const again = recordOf(letter, { sessionId: gone });
    const stored = await quarantine.put(again, inChunks(letter));
    assert.deepEqual(stored, { id, code, isNew: true });
    const entry = await quarantine.find(id);
    assert.equal(entry?.state, 'held');
    assert.equal(entry?.sessionId, gone);
    assert.equal(entry?.storedAtMs, place.clock.nowMs());
    assert.deepEqual(await contentOf(quarantine, id), letter);
  }
});

test('after maxAgeMs an entry expires; a release starts the time again', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open({ maxAgeMs: 10 * dayMs });
  await putNumbered(quarantine, 1, { subject: 'old' });
  const released = await putNumbered(quarantine, 2, { subject: 'released' });
  await place.clock.advance(9 * dayMs);
  await quarantine.mark(released, 'released');
  await putNumbered(quarantine, 3, { subject: 'new' });
  await place.clock.advance(dayMs);
  assert.equal(await quarantine.expire(), 0);
  await place.clock.advance(1);
  assert.equal(await quarantine.expire(), 1);
  assert.deepEqual(await statesIn(place), { old: 'expired', released: 'released', new: 'held' });
  assert.equal((await place.sealed()).length, 2);
  assert.equal(await quarantine.expire(), 0);
});

test('above maxBytes the oldest expire, released ones last', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open();
  const ids: string[] = [];
  for (const number of [1, 2, 3, 4]) {
    const content = Buffer.alloc(1000, `${number}`);
    const record = recordOf(content, { subject: `${number}` });
    ids.push((await quarantine.put(record, inChunks(content))).id);
    await place.clock.advance(1000);
  }
  await quarantine.mark(ids[0]!, 'released');
  const expireAbove = async (maxBytes: number): Promise<number> =>
    (await place.open({ maxBytes })).quarantine.expire();
  assert.equal(await expireAbove(4000), 0);
  assert.equal(await expireAbove(3999), 1);
  const one = { 1: 'released', 2: 'expired', 3: 'held', 4: 'held' };
  assert.deepEqual(await statesIn(place), one);
  assert.equal(await expireAbove(1500), 2);
  assert.deepEqual(await statesIn(place), { ...one, 3: 'expired', 4: 'expired' });
  assert.equal(await expireAbove(999), 1);
  assert.deepEqual(await place.sealed(), []);
});

test('that content is gone is remembered for 400 days', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open({ maxAgeMs: 1000 * dayMs });
  const gone = await putNumbered(quarantine, 1);
  const kept = await putNumbered(quarantine, 2);
  await quarantine.mark(gone, 'expired');
  await place.clock.advance(400 * dayMs);
  await quarantine.expire();
  assert.equal((await quarantine.find(gone))?.state, 'expired');
  await place.clock.advance(1);
  await quarantine.expire();
  assert.equal(await quarantine.find(gone), undefined);
  assert.equal(await quarantine.isSafe(kept), true);
});

test('content whose file could not be removed is gone all the same, and cleared up later', async () => {
  await using place = await quarantinePlace();
  const actions: FileActions = { ...diskActions, remove: () => Promise.reject(new Error('EIO')) };
  const { quarantine } = await place.open({ actions });
  const id = await putNumbered(quarantine, 1);
  await quarantine.mark(id, 'discarded');
  assert.equal(await quarantine.isSafe(id), false);
  await assert.rejects(contentOf(quarantine, id), { code: 'QUARANTINE_NOT_FOUND' });
  const [name] = await place.sealed();
  await age(place, name!, 2 * dayMs);
  await (await place.open()).quarantine.expire();
  assert.deepEqual(await place.sealed(), []);
});

test('left-overs of a crash are removed after a day; younger ones, other files and content stay', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open();
  const id = await putNumbered(quarantine, 1);
  const [content] = await place.sealed();
  const names = {
    old: `${'0'.repeat(32)}-${'1'.repeat(16)}.sealed`,
    young: `${'0'.repeat(32)}-${'2'.repeat(16)}.sealed`,
    other: 'README',
  };
  for (const name of Object.values(names)) {
    await writeFile(join(place.folder, 'sealed', name), 'half a message');
  }
  await age(place, names.old, dayMs + 1000);
  await age(place, names.other, 10 * dayMs);
  await age(place, names.young, dayMs - 1000);
  await age(place, content!, 10 * dayMs);
  await quarantine.expire();
  assert.deepEqual((await place.sealed()).sort(), [content!, names.young, names.other].sort());
  assert.equal(await quarantine.isSafe(id), true);
});

async function age(place: QuarantinePlace, name: string, ageMs: number): Promise<void> {
  const time = new Date(place.clock.nowMs() - ageMs);
  await utimes(join(place.folder, 'sealed', name), time, time);
}

test('an account is of concern once something was kept for it or posted to it', async () => {
  await using place = await quarantinePlace();
  const { quarantine, letters } = await place.open();
  const owner = { user: 'someone', upstreamHost: 'pop.example.org' };
  assert.equal(await quarantine.concerns(owner), false);
  const { id } = await letters.post(owner, letter);
  assert.equal(await quarantine.concerns(owner), true);
  await letters.delete(id);
  const kept = { ...recordOf(letter), user: 'another' };
  await quarantine.put(kept, inChunks(letter));
  assert.equal(await quarantine.concerns(kept), true);
  assert.equal(await quarantine.concerns({ ...owner, user: 'nobody' }), false);
});
