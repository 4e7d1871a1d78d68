import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { copyFile, lstat, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError, explain } from '../../src/base/errors.ts';
import { diskActions, type FileActions } from '../../src/stores/durable-file.ts';
import { quarantineId } from '../../src/stores/quarantine-store.ts';
import { run } from '../helpers/process.ts';
import {
  contentOf,
  failingAt,
  inChunks,
  ioError,
  letter,
  noAccess,
  noSpace,
  quarantinePlace,
  recordOf,
  unreadable,
} from './quarantine-fixture.ts';

test('a message is stored with its facts and comes back octet for octet', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open();
  const { id, code, isNew } = await quarantine.put(recordOf(letter), inChunks(letter));
  assert.equal(isNew, true);
  assert.match(id, /^[0-9a-f]{32}$/);
  assert.deepEqual(await quarantine.find(id), {
    ...recordOf(letter),
    id,
    code,
    state: 'held',
    storedAtMs: place.clock.nowMs(),
    changedAtMs: place.clock.nowMs(),
  });
  assert.deepEqual(await contentOf(quarantine, id), letter);
  assert.equal(await quarantine.isSafe(id), true);
});

test('nothing of the content is to be seen in the folder, which is closed to others', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open();
  await quarantine.put(recordOf(letter), inChunks(letter));
  const [name] = await place.sealed();
  assert.ok(name !== undefined);
  for (const file of ['index.db', 'index.db-wal', `sealed/${name}`]) {
    const path = join(place.folder, file);
    assert.equal((await lstat(path)).mode & 0o777, 0o600, file);
    assert.equal((await readFile(path)).includes('body'), false, file);
  }
  for (const folder of ['', 'sealed']) {
    assert.equal((await lstat(join(place.folder, folder))).mode & 0o777, 0o700, folder);
  }
});

test('messages of any length and chunking can be stored', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open();
  for (const length of [0, 1, 65_536, 200_000]) {
    const content = randomBytes(length);
    const { id } = await quarantine.put(recordOf(content), inChunks(content, 50_000));
    assert.ok((await contentOf(quarantine, id)).equals(content));
    assert.equal(await quarantine.isSafe(id), true);
  }
});

test('the same message is stored once, also by another process', async () => {
  await using place = await quarantinePlace();
  const { quarantine: first } = await place.open();
  const { id, code } = await first.put(recordOf(letter), inChunks(letter));
  // Another session of the same client: not part of the identity.
  const again = recordOf(letter, { sessionId: 's2', clientAddress: '192.0.2.2' });
  assert.deepEqual(await first.put(again, unreadable()), { id, code, isNew: false });
  const { quarantine: second } = await place.open();
  assert.deepEqual(await second.put(again, unreadable()), { id, code, isNew: false });
  assert.equal((await place.sealed()).length, 1);
});

test('another user, upstream, UIDL or content is another message', () => {
  const ids = [
    {},
    { user: 'bob@example.org' },
    { upstreamHost: 'pop.example.org' },
    { uidl: 'u2' },
    { uidl: undefined },
    { uidl: '' },
    { sha256: 'f'.repeat(64) },
    // The same text with other borders.
    { user: 'ann@example.orgmail', upstreamHost: '.example.org' },
    { user: 'ann@example.org","mail', upstreamHost: 'example.org' },
  ].map((changes) => quarantineId(recordOf(letter, changes)));
  assert.equal(new Set(ids).size, ids.length);
});

test('whatever a user is called, the name of the file does not tell', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constantFrom('../../x', 'a/b', '\0', '.')), (user) => {
      assert.match(quarantineId(recordOf(letter, { user, uidl: user })), /^[0-9a-f]{32}$/);
    }),
    { numRuns: 50 },
  );
});

test('an entry is found by its id and by its code, however that is written', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open();
  const { id, code } = await quarantine.put(recordOf(letter), inChunks(letter));
  for (const name of [id, id.toUpperCase(), code, code.toLowerCase(), code.replaceAll('-', '')]) {
    assert.equal((await quarantine.find(name))?.id, id, name);
  }
  for (const name of ['', 'x', '0'.repeat(32), '0000-0000-0000', "' OR 1=1 --"]) {
    assert.equal(await quarantine.find(name), undefined, name);
  }
});

test('puts of the same message at the same time are one', async () => {
  await using place = await quarantinePlace();
  let created = 0;
  const actions: FileActions = {
    ...diskActions,
    create(path) {
      created += 1;
      return diskActions.create(path);
    },
  };
  const { quarantine } = await place.open({ actions });
  const results = await Promise.all([
    quarantine.put(recordOf(letter), inChunks(letter)),
    quarantine.put(recordOf(letter), unreadable()),
    quarantine.put(recordOf(letter), unreadable()),
  ]);
  assert.deepEqual(
    results.map(({ isNew }) => isNew),
    [true, false, false],
  );
  assert.equal(new Set(results.map(({ code }) => code)).size, 1);
  assert.equal(created, 1);
});

test('puts of the same message in two processes at the same time give one entry and one file', async () => {
  await using place = await quarantinePlace();
  const [{ quarantine: one }, { quarantine: two }] = [await place.open(), await place.open()];
  // Both have seen that the message is not there before either has stored it.
  const meeting = Promise.withResolvers<void>();
  let waiting = 0;
  async function* together(): AsyncGenerator<Buffer> {
    waiting += 1;
    if (waiting === 2) meeting.resolve();
    await meeting.promise;
    yield letter;
  }
  const results = await Promise.all([
    one.put(recordOf(letter), together()),
    two.put(recordOf(letter), together()),
  ]);
  assert.deepEqual(results.map(({ isNew }) => isNew).sort(), [false, true]);
  assert.equal(results[0]?.code, results[1]?.code);
  assert.equal((await place.sealed()).length, 1);
  assert.deepEqual(await contentOf(one, quarantineId(recordOf(letter))), letter);
});

test('real processes that store the same messages share one result', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open();
  const script = new URL('quarantine-writer.ts', import.meta.url).pathname;
  const args = ['--no-warnings', script, place.folder, place.keyFile, '20'];
  const ends = await Promise.all([1, 2].map(() => run(process.execPath, args)));
  for (const { code, stderr } of ends) assert.equal(code, 0, stderr);
  const stored = ends.map(({ stdout }) => Number(String(stdout)));
  assert.equal(
    stored.reduce((sum, count) => sum + count, 0),
    20,
  );
  const entries = await quarantine.list({});
  assert.equal(entries.length, 20);
  assert.equal((await place.sealed()).length, 20);
  for (const { id, octets } of entries) {
    assert.equal((await contentOf(quarantine, id)).length, octets);
  }
});

test('one whose source fails does not take the others with it', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open();
  async function* failing(): AsyncGenerator<Buffer> {
    yield letter.subarray(0, 5);
    throw new Error('upstream is gone');
  }
  const results = await Promise.allSettled([
    quarantine.put(recordOf(letter), failing()),
    quarantine.put(recordOf(letter), inChunks(letter)),
    quarantine.put(recordOf(letter), unreadable()),
  ]);
  assert.deepEqual(
    results.map((result) => (result.status === 'fulfilled' ? result.value.isNew : 'failed')),
    ['failed', true, false],
  );
});

const faults = [
  ['create', 1, noAccess],
  // The header of the sealed file, then its only chunk.
  ['write', 1, noSpace],
  ['write', 2, noSpace],
  ['sync', 1, ioError],
  ['close', 1, noSpace],
  // The first one is that of opening.
  ['syncFolder', 2, ioError],
] as const;

for (const [operation, nth, failure] of faults) {
  test(`when ${operation} ${nth} fails nothing is left behind and the next attempt stores it`, async () => {
    await using place = await quarantinePlace();
    await place.open();
    const { quarantine } = await place.open({ actions: failingAt(operation, nth, failure) });
    await assert.rejects(quarantine.put(recordOf(letter), inChunks(letter)), (error) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, 'QUARANTINE_FAILED');
      assert.equal(error.fault, 'proxy');
      assert.equal(error.responseCode, 'SYS/TEMP');
      assert.match(explain(error), /ENOSPC|EIO|EACCES/);
      assert.doesNotMatch(error.publicText, /ENOSPC|EIO|EACCES|quarantine-/);
      return true;
    });
    assert.deepEqual(await place.sealed(), []);
    assert.deepEqual(await quarantine.list({}), []);
    const retry = await quarantine.put(recordOf(letter), inChunks(letter));
    assert.equal(retry.isNew, true);
    assert.equal(await quarantine.isSafe(retry.id), true);
  });
}

test('when the index fails the content is removed again', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open();
  using other = new DatabaseSync(join(place.folder, 'index.db'));
  other.exec(`CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT raise(ABORT, 'full'); END`);
  const attempt = quarantine.put(recordOf(letter), inChunks(letter));
  await assert.rejects(attempt, { code: 'QUARANTINE_FAILED' });
  assert.deepEqual(await place.sealed(), []);
  other.exec('DROP TRIGGER full');
  assert.equal((await quarantine.put(recordOf(letter), inChunks(letter))).isNew, true);
});

test('a failure is reported as it is when clearing up fails as well', async () => {
  await using place = await quarantinePlace();
  const actions: FileActions = {
    ...failingAt('sync', 1, noSpace),
    remove: () => Promise.reject(ioError()),
  };
  const { quarantine } = await place.open({ actions });
  const attempt = quarantine.put(recordOf(letter), inChunks(letter));
  await assert.rejects(attempt, (error) => /ENOSPC/.test(explain(error)));
});

const wrongContents: readonly (readonly [string, Buffer, RegExp])[] = [
  ['shorter', letter.subarray(1), /ended after/],
  ['longer', Buffer.concat([letter, letter]), /more than the announced/],
  ['another', Buffer.alloc(letter.length, 'x'), /not the one that was judged/],
];

for (const [name, content, reason] of wrongContents) {
  test(`content that is ${name} than the record says is not stored`, async () => {
    await using place = await quarantinePlace();
    const { quarantine } = await place.open();
    await assert.rejects(quarantine.put(recordOf(letter), inChunks(content)), (error) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, 'QUARANTINE_FAILED');
      assert.match(explain(error), reason);
      return true;
    });
    assert.deepEqual(await place.sealed(), []);
    assert.equal(await quarantine.find(quarantineId(recordOf(letter))), undefined);
  });
}

test('content that is missing or cut is not safe, and is stored again under the same code', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open();
  const { id, code } = await quarantine.put(recordOf(letter), inChunks(letter));
  await quarantine.mark(id, 'released');
  const damages = [(file: string) => truncate(file, 50), (file: string) => rm(file)];
  for (const damage of damages) {
    const [name] = await place.sealed();
    await damage(join(place.folder, 'sealed', name!));
    assert.equal(await quarantine.isSafe(id), false);
    await assert.rejects(contentOf(quarantine, id), { code: 'QUARANTINE_DAMAGED' });
    const stored = await quarantine.put(recordOf(letter), inChunks(letter));
    assert.deepEqual(stored, { id, code, isNew: true });
    assert.deepEqual(await contentOf(quarantine, id), letter);
    assert.equal((await place.sealed()).length, 1);
    // Its reader still waits for it.
    assert.equal((await quarantine.find(id))?.state, 'released');
  }
});

test('content that was changed is mended when the message is at hand again', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open();
  const { id, code } = await quarantine.put(recordOf(letter), inChunks(letter));
  const [name] = await place.sealed();
  const file = join(place.folder, 'sealed', name!);
  const octets = await readFile(file);
  octets.writeUInt8(octets.readUInt8(60) ^ 1, 60);
  await writeFile(file, octets);
  const stored = await quarantine.put(recordOf(letter), inChunks(letter));
  assert.deepEqual(stored, { id, code, isNew: true });
  assert.deepEqual(await contentOf(quarantine, id), letter);
  assert.equal((await place.sealed()).length, 1);
});

test('an entry tells what was done the last time', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open();
  const { id } = await quarantine.put(recordOf(letter), inChunks(letter));
  await quarantine.put(recordOf(letter, { action: 'hide' }), unreadable());
  assert.equal((await quarantine.find(id))?.action, 'hide');
});

test('entries of certain messages are found by their UIDLs', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open();
  for (const uidl of ['a', 'b', 'c', undefined]) {
    await quarantine.put(recordOf(letter, { uidl }), inChunks(letter));
  }
  const found = await quarantine.list({ uidls: ['a', 'c', 'x'] });
  assert.deepEqual(found.map(({ uidl }) => uidl).toSorted(), ['a', 'c']);
  assert.deepEqual(await quarantine.list({ uidls: [] }), []);
});

test('content that was changed or exchanged is not given out', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open();
  const { id } = await quarantine.put(recordOf(letter), inChunks(letter));
  const other = Buffer.from(letter.toString().replace('body', 'BODY'));
  const second = await quarantine.put(recordOf(other), inChunks(other));
  const pathOf = async (of: string): Promise<string> => {
    const name = (await place.sealed()).find((each) => each.startsWith(of));
    return join(place.folder, 'sealed', name!);
  };
  await copyFile(await pathOf(second.id), await pathOf(id));
  assert.equal(await quarantine.isSafe(id), true);
  await assert.rejects(contentOf(quarantine, id), { code: 'QUARANTINE_DAMAGED' });
  const octets = await readFile(await pathOf(second.id));
  octets.writeUInt8(octets.readUInt8(60) ^ 1, 60);
  await writeFile(await pathOf(second.id), octets);
  await assert.rejects(contentOf(quarantine, second.id), { code: 'QUARANTINE_DAMAGED' });
});
