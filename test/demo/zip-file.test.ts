import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromBuffer, type ZipFile } from 'yauzl';
import { writeZip } from '../../src/demo/zip-file.ts';

async function openZip(archive: Buffer): Promise<ZipFile> {
  return await new Promise((resolve, reject) => {
    fromBuffer(archive, { lazyEntries: true, strictFileNames: true }, (error, zip) =>
      error === null ? resolve(zip) : reject(error),
    );
  });
}

/** Reads an archive with an independent library, checksums included. */
async function readZip(archive: Buffer): Promise<{ name: string; content: Buffer }[]> {
  const zip = await openZip(archive);
  const entries: { name: string; content: Buffer }[] = [];
  return await new Promise((resolve, reject) => {
    zip.on('error', reject);
    zip.on('end', () => resolve(entries));
    zip.on('entry', (entry) => {
      zip.openReadStream(entry, (error, stream) => {
        if (error !== null) return reject(error);
        stream.toArray().then((chunks) => {
          entries.push({ name: entry.fileName, content: Buffer.concat(chunks) });
          zip.readEntry();
        }, reject);
      });
    });
    zip.readEntry();
  });
}

test('an independent reader finds every entry with its content', async () => {
  const contents = fc.array(fc.uint8Array({ maxLength: 2000 }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(contents, async (files) => {
      const entries = files.map((octets, i) => ({
        name: `folder/file-${i}.bin`,
        content: Buffer.from(octets),
      }));
      assert.deepEqual(await readZip(writeZip(entries)), entries);
    }),
    { numRuns: 30 },
  );
});

test('the same entries give the same octets', () => {
  const entries = [{ name: 'a.txt', content: Buffer.from('a'.repeat(500)) }];
  assert.deepEqual(writeZip(entries), writeZip(entries));
});
