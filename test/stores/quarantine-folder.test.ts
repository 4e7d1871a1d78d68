import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { AppError, explain } from '../../src/base/errors.ts';
import { diskActions, type FileActions } from '../../src/stores/durable-file.ts';
import { openQuarantineFolder, quarantineId } from '../../src/stores/quarantine-folder.ts';
import type { QuarantineRecord } from '../../src/stores/store.ts';
import { temporaryFolder } from '../helpers/process.ts';

const letter = Buffer.from('From: a@example.org\r\nSubject: x\r\n\r\nbody\r\n');
const clock: Clock = { ...systemClock, nowMs: () => Date.UTC(2026, 10, 2, 9, 12, 33) };

function recordOf(content: Buffer, changes: Partial<QuarantineRecord> = {}): QuarantineRecord {
  return {
    user: 'ann@example.org',
    upstreamHost: 'mail.example.org',
    uidl: 'u1',
    sha256: createHash('sha256').update(content).digest('hex'),
    octets: content.length,
    findings: [{ plugin: 'clamav', finding: 'Eicar-Test-Signature', part: 'x.zip' }],
    from: 'a@example.org',
    subject: 'x',
    date: undefined,
    messageId: undefined,
    sessionId: 's1',
    clientAddress: '192.0.2.1',
    ...changes,
  };
}

async function* inChunks(content: Buffer, size = 7): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

async function* unreadable(): AsyncGenerator<Buffer> {
  yield assert.fail('the content is not needed');
}

/** A path that is not there yet, in a folder that goes away. */
async function freshPath() {
  const parent = await temporaryFolder('quarantine');
  return {
    path: join(parent.path, 'quarantine'),
    [Symbol.asyncDispose]: parent[Symbol.asyncDispose],
  };
}

const permissions = async (path: string): Promise<string> =>
  ((await lstat(path)).mode & 0o777).toString(8);

test('a message is stored with its facts, for the owner only', async () => {
  await using folder = await freshPath();
  const quarantine = await openQuarantineFolder(folder.path, clock);
  const { id, isNew } = await quarantine.put(recordOf(letter), inChunks(letter));
  assert.equal(isNew, true);
  assert.match(id, /^[0-9a-f]{32}$/);
  assert.deepEqual((await readdir(folder.path)).sort(), [`${id}.eml`, `${id}.json`]);
  assert.deepEqual(await readFile(join(folder.path, `${id}.eml`)), letter);
  assert.deepEqual(JSON.parse(await readFile(join(folder.path, `${id}.json`), 'utf8')), {
    id,
    storedAt: '2026-11-02T09:12:33.000Z',
    user: 'ann@example.org',
    upstreamHost: 'mail.example.org',
    uidl: 'u1',
    sha256: createHash('sha256').update(letter).digest('hex'),
    octets: letter.length,
    findings: [{ plugin: 'clamav', finding: 'Eicar-Test-Signature', part: 'x.zip' }],
    from: 'a@example.org',
    subject: 'x',
    sessionId: 's1',
    clientAddress: '192.0.2.1',
  });
  assert.equal(await permissions(folder.path), '700');
  assert.equal(await permissions(join(folder.path, `${id}.eml`)), '600');
  assert.equal(await permissions(join(folder.path, `${id}.json`)), '600');
});

test('an empty message can be stored', async () => {
  await using folder = await freshPath();
  const quarantine = await openQuarantineFolder(folder.path, clock);
  const empty = Buffer.alloc(0);
  const { id } = await quarantine.put(recordOf(empty), inChunks(empty));
  assert.equal((await lstat(join(folder.path, `${id}.eml`))).size, 0);
  assert.deepEqual(await quarantine.put(recordOf(empty), unreadable()), { id, isNew: false });
});

test('the same message is stored once, also by a later process', async () => {
  await using folder = await freshPath();
  const first = await openQuarantineFolder(folder.path, clock);
  const { id } = await first.put(recordOf(letter), inChunks(letter));
  // Another session of the same client: not part of the identity.
  const again = recordOf(letter, { sessionId: 's2', clientAddress: '192.0.2.2' });
  assert.deepEqual(await first.put(again, unreadable()), { id, isNew: false });
  const second = await openQuarantineFolder(folder.path, clock);
  assert.deepEqual(await second.put(again, unreadable()), { id, isNew: false });
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

test('a pair that is damaged or incomplete is written again', async () => {
  await using folder = await freshPath();
  const quarantine = await openQuarantineFolder(folder.path, clock);
  const { id } = await quarantine.put(recordOf(letter), inChunks(letter));
  const message = join(folder.path, `${id}.eml`);
  const facts = join(folder.path, `${id}.json`);
  const damages = [() => truncate(message, 3), () => truncate(facts, 0), () => rm(facts)];
  for (const damage of damages) {
    await damage();
    assert.deepEqual(await quarantine.put(recordOf(letter), inChunks(letter)), { id, isNew: true });
    assert.deepEqual(await readFile(message), letter);
    assert.equal(JSON.parse(await readFile(facts, 'utf8')).id, id);
  }
});

test('puts of the same message at the same time are one', async () => {
  await using folder = await freshPath();
  let created = 0;
  const actions: FileActions = {
    ...diskActions,
    create(path) {
      created += 1;
      return diskActions.create(path);
    },
  };
  const quarantine = await openQuarantineFolder(folder.path, clock, { actions });
  const results = await Promise.all([
    quarantine.put(recordOf(letter), inChunks(letter)),
    quarantine.put(recordOf(letter), unreadable()),
    quarantine.put(recordOf(letter), unreadable()),
  ]);
  assert.deepEqual(
    results.map(({ isNew }) => isNew),
    [true, false, false],
  );
  assert.equal(created, 2);
});

test('one whose source fails does not take the others with it', async () => {
  await using folder = await freshPath();
  const quarantine = await openQuarantineFolder(folder.path, clock);
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

const noSpace = () =>
  Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
const ioError = () => Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
const noAccess = () => Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });

/** The real disk, on which the n-th operation of one kind fails. */
function failingAt(
  operation: 'create' | 'write' | 'sync' | 'close' | 'rename' | 'syncFolder',
  nth: number,
  failure: () => Error,
): FileActions {
  let count = 0;
  const pass = (name: string): void => {
    if (name !== operation) return;
    count += 1;
    if (count === nth) throw failure();
  };
  return {
    remove: diskActions.remove,
    async create(path) {
      pass('create');
      const file = await diskActions.create(path);
      return {
        async write(octets) {
          pass('write');
          await file.write(octets);
        },
        async sync() {
          pass('sync');
          await file.sync();
        },
        async close() {
          await file.close();
          pass('close');
        },
      };
    },
    async rename(from, to) {
      pass('rename');
      await diskActions.rename(from, to);
    },
    async syncFolder(path) {
      pass('syncFolder');
      await diskActions.syncFolder(path);
    },
  };
}

const faults = [
  ['create', 1, noAccess],
  ['create', 2, noSpace],
  ['write', 1, noSpace],
  ['write', 3, noSpace],
  // Six chunks of the message come first.
  ['write', 7, noSpace],
  ['sync', 1, ioError],
  ['sync', 2, ioError],
  ['close', 1, noSpace],
  ['rename', 1, ioError],
  ['rename', 2, noSpace],
  ['syncFolder', 1, ioError],
] as const;

for (const [operation, nth, failure] of faults) {
  test(`when ${operation} ${nth} fails nothing is left behind and the next attempt stores it`, async () => {
    await using folder = await freshPath();
    await mkdir(folder.path, { mode: 0o700 });
    const actions = failingAt(operation, nth, failure);
    const quarantine = await openQuarantineFolder(folder.path, clock, { actions });
    await assert.rejects(quarantine.put(recordOf(letter), inChunks(letter)), (error) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, 'QUARANTINE_FAILED');
      assert.equal(error.fault, 'proxy');
      assert.equal(error.responseCode, 'SYS/TEMP');
      assert.match(explain(error), /ENOSPC|EIO|EACCES/);
      assert.doesNotMatch(error.publicText, /ENOSPC|EIO|EACCES|quarantine-/);
      return true;
    });
    assert.deepEqual(await readdir(folder.path), []);
    const retry = await quarantine.put(recordOf(letter), inChunks(letter));
    assert.equal(retry.isNew, true);
  });
}

test('a failure is reported as it is when clearing up fails as well', async () => {
  await using folder = await freshPath();
  const actions: FileActions = {
    ...failingAt('sync', 1, noSpace),
    remove: () => Promise.reject(ioError()),
  };
  const quarantine = await openQuarantineFolder(folder.path, clock, { actions });
  const attempt = quarantine.put(recordOf(letter), inChunks(letter));
  await assert.rejects(attempt, (error) => /ENOSPC/.test(explain(error)));
});

test('a message that is stored already is reported only once its folder is synced', async () => {
  await using folder = await freshPath();
  const sound = await openQuarantineFolder(folder.path, clock);
  await sound.put(recordOf(letter), inChunks(letter));
  const actions = failingAt('syncFolder', 1, ioError);
  const quarantine = await openQuarantineFolder(folder.path, clock, { actions });
  const attempt = quarantine.put(recordOf(letter), unreadable());
  await assert.rejects(attempt, { code: 'QUARANTINE_FAILED' });
  assert.equal((await readdir(folder.path)).length, 2);
});

const wrongContents: readonly (readonly [string, Buffer, RegExp])[] = [
  ['shorter', letter.subarray(1), /ended after/],
  ['longer', Buffer.concat([letter, letter]), /more than the announced/],
  ['another', Buffer.alloc(letter.length, 'x'), /not the one that was judged/],
];

for (const [name, content, reason] of wrongContents) {
  test(`content that is ${name} than the record says is not stored`, async () => {
    await using folder = await freshPath();
    const quarantine = await openQuarantineFolder(folder.path, clock);
    await assert.rejects(quarantine.put(recordOf(letter), inChunks(content)), (error) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, 'QUARANTINE_FAILED');
      assert.match(explain(error), reason);
      return true;
    });
    assert.deepEqual(await readdir(folder.path), []);
  });
}

test('unfinished files of a crash are removed at opening, other files stay', async () => {
  await using folder = await freshPath();
  const lost = ['write', 'sync'] as const;
  for (const operation of lost) {
    const actions: FileActions = {
      ...failingAt(operation, 1, ioError),
      // As if the process had ended here.
      remove: () => Promise.resolve(),
    };
    const crashing = await openQuarantineFolder(folder.path, clock, { actions });
    await assert.rejects(crashing.put(recordOf(letter), inChunks(letter)));
  }
  await writeFile(join(folder.path, 'README'), 'kept');
  assert.equal((await readdir(folder.path)).length, 3);
  await openQuarantineFolder(folder.path, clock);
  assert.deepEqual(await readdir(folder.path), ['README']);
});

const unusable: readonly (readonly [string, (path: string) => Promise<void>, RegExp])[] = [
  [
    'that everybody can read',
    async (path) => {
      await mkdir(path);
      await chmod(path, 0o755);
    },
    /open to every user of this machine \(mode 0755\)/,
  ],
  [
    'that everybody can pass through',
    async (path) => {
      await mkdir(path);
      await chmod(path, 0o701);
    },
    /open to every user/,
  ],
  [
    'that is a symbolic link',
    async (path) => {
      await mkdir(`${path}-elsewhere`, { mode: 0o700 });
      await symlink(`${path}-elsewhere`, path);
    },
    /is a symbolic link/,
  ],
  ['that is a dangling link', (path) => symlink(`${path}-nowhere`, path), /EEXIST|ENOENT|symbolic/],
  ['that is a file', (path) => writeFile(path, ''), /EEXIST|not a folder/],
];

for (const [name, prepare, reason] of unusable) {
  test(`a folder ${name} is refused`, async () => {
    await using folder = await freshPath();
    await prepare(folder.path);
    // A slash at the end would follow a link.
    for (const path of [folder.path, `${folder.path}/`]) {
      await assert.rejects(openQuarantineFolder(path, clock), (error) => {
        assert.ok(error instanceof AppError);
        assert.equal(error.code, 'QUARANTINE_UNUSABLE');
        assert.equal(error.fault, 'config');
        assert.match(explain(error), reason);
        return true;
      });
    }
  });
}

test('a folder for owner and group is accepted as it is', async () => {
  await using folder = await freshPath();
  await mkdir(folder.path);
  await chmod(folder.path, 0o770);
  await openQuarantineFolder(folder.path, clock);
  assert.equal(await permissions(folder.path), '770');
});
