import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { innerNames } from '../../../../plugins/attachment-policy/archives/compressed.ts';
import { traitsIn } from '../examine.ts';
import { windowsProgram } from '../samples.ts';

test('the file in a gzip is examined under its name without the ending', async () => {
  assert.deepEqual(await traitsIn(gzipSync(windowsProgram()), { name: 'a.txt.gz' }), [
    'a.txt: executable (a Windows program)',
  ]);
  assert.deepEqual(await traitsIn(zstdCompressSync(windowsProgram()), { name: 'a.txt.zst' }), [
    'a.txt: executable (a Windows program)',
  ]);
});

test('the name within a gzip counts, too', async () => {
  const packed = gzipSync(Buffer.from('x'));
  packed.writeUInt8(0x08, 3);
  const named = Buffer.concat([
    packed.subarray(0, 10),
    Buffer.from('a.exe\0'),
    packed.subarray(10),
  ]);
  assert.deepEqual(await traitsIn(named, { name: 'b.gz' }), ['b: dangerous-name']);
});

test('of a gzip that is cut off the start is examined', async () => {
  const packed = gzipSync(Buffer.concat([windowsProgram(), Buffer.alloc(100_000, 'x')]), {
    level: 0,
  });
  assert.deepEqual(await traitsIn(packed.subarray(0, 5000), { name: 'a.gz' }), [
    'a: executable (a Windows program)',
  ]);
});

test('a gzip of garbage is damaged', async () => {
  const garbage = Buffer.concat([Buffer.from('1f8b0800', 'hex'), Buffer.alloc(50, 'x')]);
  assert.deepEqual(await traitsIn(garbage, { name: 'a.gz' }), [
    'a.gz: unreadable-archive (a file in it is damaged)',
  ]);
});

test('files joined in one gzip are one file', async () => {
  const joined = Buffer.concat([
    gzipSync(Buffer.from('MZ')),
    gzipSync(windowsProgram().subarray(2)),
  ]);
  assert.deepEqual(await traitsIn(joined), ['-: executable (a Windows program)']);
});

test('names lose the ending of the compression', () => {
  assert.deepEqual(innerNames(['a.tgz', 'b.txt.GZ', 'c.tbz2', 'd.xz. ', 'e']), [
    'a.tar',
    'b.txt',
    'c.tar',
    'd',
    'e',
  ]);
});
