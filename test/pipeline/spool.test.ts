import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { fstatSync, readdirSync, readlinkSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { AppError, explain } from '../../src/base/errors.ts';
import { MemoryBudget } from '../../src/pipeline/memory-budget.ts';
import { Spool, type SpoolOptions } from '../../src/pipeline/spool.ts';
import { fillDisk } from '../helpers/full-disk.ts';
import { collect, lost, roomySpool, withCode } from '../helpers/pipeline.ts';
import { type TemporaryFolder, temporaryFolder } from '../helpers/process.ts';
import { cut } from '../message/chunking.ts';

let folder: TemporaryFolder;

before(async () => {
  folder = await temporaryFolder('spool');
});

after(async () => {
  await folder[Symbol.asyncDispose]();
});

function spoolWith(changes: Partial<SpoolOptions>): Spool {
  return new Spool(roomySpool({ folder: folder.path, ...changes }));
}

const alphabet = Buffer.from('abcdefghijklmnopqrstuvwxyz0123456789');

function octetsOf(length: number): Buffer {
  return Buffer.alloc(length, alphabet);
}

test('any number of readers at any place get exactly the octets, while it fills and after', async () => {
  const reader = fc.record({
    from: fc.integer({ min: 0, max: 90 }),
    startsAfter: fc.integer({ min: 0, max: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 80 }).map(octetsOf),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 0, max: 90 }),
      fc.integer({ min: 0, max: 90 }),
      fc.array(reader, { minLength: 1, maxLength: 5 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
      async (content, lengths, memoryBytes, budgetBytes, readers, pauses) => {
        await using spool = spoolWith({ memoryBytes, budget: new MemoryBudget(budgetBytes) });
        const results: { from: number; octets: Promise<Buffer> }[] = [];
        const start = (step: number): void => {
          for (const { from, startsAfter } of readers) {
            if (startsAfter === step) results.push({ from, octets: collect(spool.read(from)) });
          }
        };
        for (const [step, chunk] of cut(content, lengths).entries()) {
          start(step);
          spool.write(chunk);
          if (pauses[step % pauses.length] === true) await nextTurn();
        }
        spool.complete();
        for (let step = 0; step <= 20; step++) start(step);
        for (const { from, octets } of results) {
          assert.deepEqual(await octets, content.subarray(from));
        }
        assert.equal(spool.octets, content.length);
        assert.equal(spool.sha256, createHash('sha256').update(content).digest('hex'));
      },
    ),
    { numRuns: 150 },
  );
});

test('reading starts at every border: of pieces, of memory, of the file, of the message', async () => {
  const content = octetsOf(40);
  await using spool = spoolWith({ memoryBytes: 16 });
  // Joined in memory, then in the file.
  for (const chunk of cut(content, [5, 1, 10, 12])) spool.write(chunk);
  spool.complete();
  for (let from = 0; from <= content.length + 1; from++) {
    assert.deepEqual(await collect(spool.read(from)), content.subarray(from), `from ${from}`);
  }
});

test('a large message takes the way through the file in pieces of bounded size', async () => {
  const content = octetsOf(1_500_000);
  await using spool = spoolWith({ memoryBytes: 100_000 });
  for (const chunk of cut(content, [65_536])) spool.write(chunk);
  spool.complete();
  let at = 0;
  for await (const piece of spool.read()) {
    assert.ok(piece.length <= 128 * 1024);
    assert.ok(piece.equals(content.subarray(at, at + piece.length)));
    at += piece.length;
  }
  assert.equal(at, content.length);
});

test('a message within its memory touches no disk', async () => {
  await using spool = spoolWith({ memoryBytes: 10, folder: join(folder.path, 'does not exist') });
  spool.write(octetsOf(10));
  spool.complete();
  assert.deepEqual(await collect(spool.read()), octetsOf(10));
});

test('a message takes from the common budget what it keeps in memory, and gives it back once', async () => {
  const budget = new MemoryBudget(100);
  const first = spoolWith({ budget, memoryBytes: 60 });
  const second = spoolWith({ budget, memoryBytes: 60 });
  first.write(octetsOf(50));
  first.write(octetsOf(50));
  assert.equal(budget.usedBytes, 50);
  // Within its own limit, but the budget has nothing left for it.
  second.write(octetsOf(51));
  assert.equal(budget.usedBytes, 50);
  second.complete();
  assert.deepEqual(await collect(second.read()), octetsOf(51));
  await first[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
  assert.equal(budget.usedBytes, 0);
});

test('the temporary file has no name, belongs to its user alone, and goes with the spool', async () => {
  await using own = await temporaryFolder('spool-file');
  const spool = new Spool(roomySpool({ memoryBytes: 0, folder: own.path }));
  spool.write(octetsOf(100));
  spool.complete();
  await spool.until(Number.POSITIVE_INFINITY);
  assert.deepEqual(await readdir(own.path), []);
  const open = openFilesIn(own.path);
  assert.equal(open.length, 1);
  for (const descriptor of open) assert.equal(fstatSync(descriptor).mode & 0o777, 0o600);
  await spool[Symbol.asyncDispose]();
  assert.deepEqual(openFilesIn(own.path), []);
});

function openFilesIn(path: string): number[] {
  const found: number[] = [];
  for (const name of readdirSync('/proc/self/fd')) {
    try {
      if (readlinkSync(join('/proc/self/fd', name)).startsWith(path)) found.push(Number(name));
    } catch {
      // The descriptor of the listing itself is gone by now.
    }
  }
  return found;
}

for (const [place, memoryBytes] of [
  ['memory', 1000],
  ['a file', 0],
] as const) {
  test(`a failure reaches everyone who reads from ${place} or waits`, async () => {
    await using spool = spoolWith({ memoryBytes });
    spool.write(octetsOf(20));
    const reader = spool.read();
    await reader.next();
    const waiting = [
      reader.next(),
      collect(spool.read()),
      collect(spool.read(30)),
      spool.until(21),
      spool.until(Number.POSITIVE_INFINITY),
    ].map((promise) => assert.rejects(promise, withCode('UPSTREAM_LOST')));
    await spool.until(20);
    spool.fail(lost());
    await Promise.all(waiting);
    await assert.rejects(spool.until(1), withCode('UPSTREAM_LOST'));
    await assert.rejects(collect(spool.read()), withCode('UPSTREAM_LOST'));
    assert.equal(spool.isComplete, false);
    assert.throws(() => spool.sha256);
  });

  test(`a spool in ${place} that is disposed lets nobody wait or read on`, async () => {
    const spool = spoolWith({ memoryBytes });
    spool.write(octetsOf(20));
    const reader = spool.read();
    await reader.next();
    const waiting = [reader.next(), collect(spool.read()), spool.until(21)].map((promise) =>
      assert.rejects(promise, withCode('SPOOL_DISPOSED')),
    );
    await spool[Symbol.asyncDispose]();
    await Promise.all(waiting);
    await assert.rejects(collect(spool.read()), withCode('SPOOL_DISPOSED'));
  });

  test(`a reader between two pieces from ${place} notices that the spool is gone`, async () => {
    const spool = spoolWith({ memoryBytes });
    spool.write(octetsOf(300_000));
    spool.complete();
    await spool.until(Number.POSITIVE_INFINITY);
    const reader = spool.read();
    await reader.next();
    await spool[Symbol.asyncDispose]();
    await assert.rejects(reader.next(), withCode('SPOOL_DISPOSED'));
  });
}

test('the first failure counts', async () => {
  await using spool = spoolWith({});
  spool.fail(lost());
  spool.fail(new AppError('OTHER', { fault: 'proxy', publicText: 'other' }));
  spool.complete();
  await assert.rejects(spool.until(0), withCode('UPSTREAM_LOST'));
});

test('until() waits for octets, and for no more than there are', async () => {
  await using spool = spoolWith({});
  await spool.until(0);
  const some = spool.until(10);
  const all = spool.until(1000);
  spool.write(octetsOf(10));
  await some;
  spool.complete();
  await all;
  assert.equal(spool.isComplete, true);
});

test('a message up to the limit passes, and one octet more fails it', async () => {
  await using exact = spoolWith({ maxBytes: 20 });
  for (const chunk of cut(octetsOf(20), [7])) exact.write(chunk);
  exact.complete();
  assert.deepEqual(await collect(exact.read()), octetsOf(20));

  await using tooLarge = spoolWith({ maxBytes: 20 });
  assert.throws(() => {
    for (const chunk of cut(octetsOf(21), [7])) tooLarge.write(chunk);
  }, withCode('MESSAGE_TOO_LARGE'));
  tooLarge.complete();
  await assert.rejects(collect(tooLarge.read()), (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'MESSAGE_TOO_LARGE');
    assert.equal(error.responseCode, 'SYS/PERM');
    return true;
  });
});

test('after a failure the rest is swallowed without a pause, up to the largest size there may be', async () => {
  await using spool = spoolWith({ memoryBytes: 0, maxBytes: 10_000_000 });
  spool.fail(lost());
  assert.equal(spool.write(octetsOf(5_000_000)), true);
  let resumed = 0;
  spool.onDrain(() => {
    resumed += 1;
  });
  assert.equal(resumed, 1);
  assert.throws(() => spool.write(octetsOf(5_000_001)), withCode('MESSAGE_TOO_LARGE'));
  await assert.rejects(collect(spool.read()), withCode('UPSTREAM_LOST'));
});

test('a folder that does not exist fails the message, as a temporary fault of ours', async () => {
  await using spool = spoolWith({ memoryBytes: 5, folder: join(folder.path, 'nowhere') });
  spool.write(octetsOf(5));
  spool.write(octetsOf(5));
  let resumed = 0;
  spool.onDrain(() => {
    resumed += 1;
  });
  await assert.rejects(collect(spool.read()), (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'SPOOL_FAILED');
    assert.equal(error.responseCode, 'SYS/TEMP');
    assert.doesNotMatch(error.clientText, /nowhere/);
    assert.match(explain(error), /ENOENT/);
    return true;
  });
  await nextTurn();
  assert.equal(resumed, 1);
});

test('a full disk fails the message before anyone is told that it is complete', async (t) => {
  await using small = await temporaryFolder('spool-full');
  await using disk = await fillDisk(small.path);
  await using spool = new Spool(roomySpool({ memoryBytes: 1000, folder: small.path }));
  for (const chunk of cut(octetsOf(200_000), [50_000])) spool.write(chunk);
  spool.complete();
  await assert.rejects(spool.until(Number.POSITIVE_INFINITY), (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'SPOOL_FAILED');
    if (disk.kind === 'full') assert.match(explain(error), /ENOSPC/);
    else t.diagnostic('no small disk could be mounted; the folder was made unusable instead');
    return true;
  });
  await assert.rejects(collect(spool.read()), withCode('SPOOL_FAILED'));
});

test('a successor has the same limits and ends with the first one, which alone is disposed', async () => {
  const budget = new MemoryBudget(100);
  const spool = spoolWith({ memoryBytes: 20, maxBytes: 30, budget });
  spool.write(octetsOf(10));
  const successor = spool.successor();
  successor.write(octetsOf(20));
  assert.equal(budget.usedBytes, 30);
  assert.throws(() => successor.write(octetsOf(11)), withCode('MESSAGE_TOO_LARGE'));
  await spool[Symbol.asyncDispose]();
  assert.equal(budget.usedBytes, 0);
  assert.throws(() => spool.successor(), withCode('SPOOL_DISPOSED'));
});
