import assert from 'node:assert/strict';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, mock, test } from 'node:test';
import { SpoolFile } from '../../src/pipeline/spool-file.ts';
import { settled } from '../helpers/fake-clock.ts';
import { type TemporaryFolder, temporaryFolder } from '../helpers/process.ts';

let folder: TemporaryFolder;
let handles: FileHandle;

before(async () => {
  folder = await temporaryFolder('spool-file');
  const any = await open(join(folder.path, 'any'), 'w');
  handles = Object.getPrototypeOf(any);
  await any.close();
});

after(async () => {
  await folder[Symbol.asyncDispose]();
});

interface Watched {
  readonly file: SpoolFile;
  readonly failures: unknown[];
  /** Resolves when that many octets are in the file. */
  flushed(octets: number): Promise<void>;
}

function watched(): Watched {
  const failures: unknown[] = [];
  let changed = Promise.withResolvers<void>();
  const file: SpoolFile = new SpoolFile(folder.path, {
    flushed() {
      changed.resolve();
      changed = Promise.withResolvers();
    },
    failed(cause) {
      failures.push(cause);
      changed.resolve();
    },
  });
  return {
    file,
    failures,
    async flushed(octets) {
      while (file.flushedBytes < octets) await changed.promise;
    },
  };
}

/** A disk on which nothing is written until it is let go. */
function heldDisk() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const original = handles.writev;
  const held = mock.method(
    handles,
    'writev',
    async function (this: FileHandle, ...args: Parameters<FileHandle['writev']>) {
      await promise;
      return original.apply(this, args);
    },
  );
  return {
    release: resolve,
    get writes() {
      return held.mock.callCount();
    },
    [Symbol.dispose]() {
      resolve();
      held.mock.restore();
    },
  };
}

const mebibyte = 1024 * 1024;

test('a slow disk makes the sender wait, and lets it go on exactly once', async () => {
  using disk = heldDisk();
  const { file, flushed } = watched();
  assert.equal(file.append(Buffer.alloc(mebibyte - 1)), true);
  assert.equal(file.append(Buffer.alloc(1)), false);
  let resumed = 0;
  file.onDrain(() => {
    resumed += 1;
  });
  await settled();
  assert.equal(resumed, 0);
  disk.release();
  await flushed(mebibyte);
  await settled();
  assert.equal(resumed, 1);
  file.append(Buffer.from('more'));
  await flushed(mebibyte + 4);
  await settled();
  assert.equal(resumed, 1);
  await file.close();
});

test('a file that owes nothing lets the sender go on at once', async () => {
  const { file, flushed } = watched();
  file.append(Buffer.from('abc'));
  await flushed(3);
  await settled();
  let resumed = 0;
  file.onDrain(() => {
    resumed += 1;
  });
  assert.equal(resumed, 1);
  await file.close();
});

test('closing lets a sender go on that waits for a slow disk', async () => {
  using disk = heldDisk();
  const { file, failures } = watched();
  file.append(Buffer.alloc(2 * mebibyte));
  let resumed = 0;
  const onDrain = (): void => {
    resumed += 1;
  };
  file.onDrain(onDrain);
  const closing = file.close();
  assert.equal(resumed, 1);
  file.onDrain(onDrain);
  assert.equal(resumed, 2);
  disk.release();
  await closing;
  assert.deepEqual(failures, []);
});

test('single octets that wait for a slow disk are written together', async () => {
  using disk = heldDisk();
  const { file, flushed } = watched();
  for (let octet = 0; octet < 10_000; octet++) file.append(Buffer.of(octet & 0xff));
  disk.release();
  await flushed(10_000);
  assert.ok(disk.writes <= 2, `${disk.writes} writes`);
  const content = await file.read(0);
  assert.equal(content.length, 10_000);
  assert.ok(content.every((octet, at) => octet === (at & 0xff)));
  await file.close();
});

test('a short write is finished', async () => {
  const short = mock.method(
    handles,
    'writev',
    async function (this: FileHandle, pieces: Buffer[], position: number) {
      const all = Buffer.concat(pieces);
      const { bytesWritten } = await this.write(all, 0, 3, position);
      return { bytesWritten, buffers: pieces };
    },
  );
  try {
    const { file, flushed } = watched();
    file.append(Buffer.from('0123456789'));
    await flushed(10);
    file.append(Buffer.from('abcdef'));
    await flushed(16);
    assert.equal((await file.read(0)).toString(), '0123456789abcdef');
    assert.equal((await file.read(9)).toString(), '9abcdef');
    await file.close();
  } finally {
    short.mock.restore();
  }
});

test('a disk that takes nothing any more fails the file and lets the sender go on', async () => {
  const stuck = [
    mock.method(handles, 'writev', async () => ({ bytesWritten: 0, buffers: [] })),
    mock.method(handles, 'write', async () => ({ bytesWritten: 0, buffer: '' })),
  ];
  try {
    const { file, failures } = watched();
    file.append(Buffer.alloc(2 * mebibyte));
    const resumed = Promise.withResolvers<void>();
    file.onDrain(resumed.resolve);
    await resumed.promise;
    assert.equal(failures.length, 1);
    await file.close();
  } finally {
    for (const each of stuck) each.mock.restore();
  }
});

test('a file that was cut short behind our back is noticed', async () => {
  const { file, flushed } = watched();
  file.append(Buffer.from('0123456789'));
  await flushed(10);
  const nothing = mock.method(handles, 'read', async (buffer: Buffer) => ({
    bytesRead: 0,
    buffer,
  }));
  try {
    await assert.rejects(file.read(0), /shorter/);
  } finally {
    nothing.mock.restore();
  }
  await file.close();
});
