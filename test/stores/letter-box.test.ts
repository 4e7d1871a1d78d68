import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { dayMs, quarantinePlace } from './quarantine-fixture.ts';

const ann = { user: 'ann', upstreamHost: 'one' };
const digest = Buffer.from('Subject: held today\r\n\r\nthree messages\r\n');

test('a letter is there for its owner until it is deleted, also for another process', async () => {
  await using place = await quarantinePlace();
  const { letters } = await place.open();
  const posted = await letters.post(ann, digest);
  assert.match(posted.id, /^[0-9a-f]{32}$/);
  assert.deepEqual(posted, {
    id: posted.id,
    octets: digest.length,
    postedAtMs: place.clock.nowMs(),
  });
  const { letters: elsewhere } = await place.open();
  assert.deepEqual(await elsewhere.list(ann), [posted]);
  assert.deepEqual(await elsewhere.read(posted.id), digest);
  for (const other of [
    { ...ann, user: 'bob' },
    { ...ann, upstreamHost: 'two' },
  ]) {
    assert.deepEqual(await elsewhere.list(other), []);
    assert.equal(await elsewhere.lastPostedAtMs(other), undefined);
  }
  await elsewhere.delete(posted.id);
  assert.deepEqual(await letters.list(ann), []);
  await assert.rejects(letters.read(posted.id), { code: 'LETTER_UNREADABLE' });
});

test('letters are listed in the order of posting', async () => {
  await using place = await quarantinePlace();
  const { letters } = await place.open();
  const ids: string[] = [];
  // The first two at the same moment.
  for (const pauseMs of [0, 1000, 1000]) {
    ids.push((await letters.post(ann, digest)).id);
    await place.clock.advance(pauseMs);
  }
  assert.deepEqual(
    (await letters.list(ann)).map(({ id }) => id),
    ids,
  );
});

test('the time of the last posting outlives the letter', async () => {
  await using place = await quarantinePlace();
  const { quarantine, letters } = await place.open();
  assert.equal(await letters.lastPostedAtMs(ann), undefined);
  const { id } = await letters.post(ann, digest);
  await place.clock.advance(dayMs);
  const second = await letters.post(ann, digest);
  for (const each of [id, second.id, second.id, '0'.repeat(32)]) await letters.delete(each);
  await place.clock.advance(399 * dayMs);
  await quarantine.expire();
  assert.equal(await letters.lastPostedAtMs(ann), second.postedAtMs);
  await place.clock.advance(dayMs + 1);
  await quarantine.expire();
  assert.equal(await letters.lastPostedAtMs(ann), undefined);
});

test('a letter that nobody fetches goes after maxAgeMs', async () => {
  await using place = await quarantinePlace();
  const { quarantine, letters } = await place.open({ maxAgeMs: 10 * dayMs });
  await letters.post(ann, digest);
  await place.clock.advance(10 * dayMs);
  await quarantine.expire();
  assert.equal((await letters.list(ann)).length, 1);
  await place.clock.advance(1);
  await quarantine.expire();
  assert.deepEqual(await letters.list(ann), []);
});

test('a letter lies sealed in the index, under its own name', async () => {
  await using place = await quarantinePlace();
  const { letters } = await place.open();
  const [one, two] = [await letters.post(ann, digest), await letters.post(ann, digest)];
  assert.equal((await readFile(join(place.folder, 'index.db-wal'))).includes('messages'), false);
  using index = new DatabaseSync(join(place.folder, 'index.db'));
  index
    .prepare('UPDATE letter SET content = (SELECT content FROM letter WHERE id = ?) WHERE id = ?')
    .run(one.id, two.id);
  assert.deepEqual(await letters.read(one.id), digest);
  await assert.rejects(letters.read(two.id), { code: 'LETTER_UNREADABLE' });
});

test('a letter that cannot be stored is an error, and none is there', async () => {
  await using place = await quarantinePlace();
  const { letters } = await place.open();
  using index = new DatabaseSync(join(place.folder, 'index.db'));
  index.exec(`CREATE TRIGGER full BEFORE INSERT ON letter BEGIN SELECT raise(ABORT, 'full'); END`);
  await assert.rejects(letters.post(ann, digest), { code: 'STORE_FAILED' });
  assert.deepEqual(await letters.list(ann), []);
  assert.equal(await letters.lastPostedAtMs(ann), undefined);
});
