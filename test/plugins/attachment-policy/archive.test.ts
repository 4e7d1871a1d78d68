import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { ArchiveInspection, readWhole } from '../../../plugins/attachment-policy/archive.ts';
import { FileJudge } from '../../../plugins/attachment-policy/judge.ts';
import {
  type ArchiveLimits,
  ArchiveWork,
  defaultLimits,
} from '../../../plugins/attachment-policy/limits.ts';
import { optionsSchema } from '../../../plugins/attachment-policy/options.ts';
import { eicar, windowsProgram } from './samples.ts';
import { type BuiltArchive, type BuiltEntry, buildZip } from './zip-builder.ts';

const text = Buffer.from('Buy milk.\r\n');
const megabyte = 1024 * 1024;

/** `clean`, the finding, or why it cannot be read. */
async function inspect(archive: Buffer, limits: Partial<ArchiveLimits> = {}): Promise<string> {
  const { signal } = new AbortController();
  const work = new ArchiveWork({ ...defaultLimits, ...limits }, signal);
  const judge = new FileJudge(optionsSchema.parse({}));
  const result = await new ArchiveInspection(judge, work).inspect(
    archive,
    'The attachment "a.zip"',
  );
  switch (result.kind) {
    case 'clean':
      return 'clean';
    case 'found':
      return result.finding.finding;
    case 'unreadable':
      return result.reason;
  }
}

function nested(levels: number, innermost: Buffer): Buffer {
  if (levels === 0) return innermost;
  return nested(levels - 1, buildZip([{ name: 'inner.zip', content: innermost }]));
}

const fine: BuiltEntry = { name: 'todo.txt', content: text };
const evil: BuiltEntry = { name: 'invoice.pdf.exe', content: text };

const cases: readonly (readonly [string, readonly BuiltEntry[], string, BuiltArchive?])[] = [
  ['nothing in it', [], 'clean'],
  ['honest files', [fine, { name: 'a/b.csv', content: text, isStored: true }], 'clean'],
  ['an empty file', [{ name: 'a.txt' }], 'clean'],
  ['a folder with an ending', [{ name: 'x.exe/', isStored: true }], 'clean'],
  ['a file that poses as a folder', [{ name: 'x.exe/', content: text }], 'dangerous-extension'],
  ['a dangerous name', [fine, { name: 'a/setup.exe', content: text }], 'dangerous-extension'],
  ['a double ending', [evil], 'double-extension'],
  ['a name with backslashes', [{ name: 'a\\setup.exe.', content: text }], 'dangerous-extension'],
  ['a name turned round', [{ name: 'a\u202egnp.txt', content: text }], 'rtl-override-name'],
  ['a way out', [{ name: '../../a.txt', content: text }, evil], 'double-extension'],
  ['another name before the data', [{ ...fine, localName: 'x.exe' }], 'dangerous-extension'],
  ['a dangerous name on an encrypted file', [{ ...evil, flags: 1 }], 'double-extension'],
  ['a program by another name', [{ name: 'a.txt', content: windowsProgram() }], 'executable'],
  ['a stored program', [{ name: 'a', content: windowsProgram(), isStored: true }], 'executable'],
  ['the test virus', [{ name: 'a.txt', content: eicar }], 'Eicar-Test-Signature'],
  [
    'the stored test virus',
    [{ name: 'a', content: eicar, isStored: true }],
    'Eicar-Test-Signature',
  ],
  [
    'the test virus behind a lie about its size',
    [{ name: 'a.txt', content: eicar, declaredSize: 1 }],
    'Eicar-Test-Signature',
  ],
  [
    'the test virus in data that ends too early',
    // Without the bit that marks the last block.
    [{ name: 'a.txt', packed: deflateRawSync(eicar, { level: 0 }).fill(0, 0, 1) }],
    'Eicar-Test-Signature',
  ],
  [
    'a virus behind a file that cannot be read',
    [
      { ...fine, flags: 1 },
      { name: 'b.txt', content: eicar },
    ],
    'Eicar-Test-Signature',
  ],
  [
    'a virus behind a header that is not there',
    [
      { ...fine, localOffset: 3 },
      { name: 'b.txt', content: eicar },
    ],
    'Eicar-Test-Signature',
  ],
  ['an encrypted file', [fine, { ...fine, flags: 1 }], 'a file in it is encrypted'],
  ['an unknown method', [{ ...fine, method: 14 }], 'a file in it is packed in an unknown way'],
  ['damaged data', [{ ...fine, packed: Buffer.from('garbage') }], 'a file in it is damaged'],
  ['a header that is not there', [{ ...fine, localOffset: 3 }], 'a file in it is damaged'],
  ['strong encryption', [{ ...fine, flags: 0x41 }], 'it is damaged'],
  ['fewer entries than it says', [fine], 'it is damaged', { declaredEntries: 2 }],
  [
    'more entries than it says',
    [fine, evil],
    'it has more entries than it says',
    { declaredEntries: 1 },
  ],
  ['entries that it denies', [evil], 'it has more entries than it says', { declaredEntries: 0 }],
  ['something behind its end', [fine], 'it is damaged', { suffix: Buffer.from('more') }],
  ['a picture in front', [evil], 'double-extension', { prefix: Buffer.from('GIF89a....') }],
  [
    'a RAR in it',
    [{ name: 'a.rar', content: Buffer.from('Rar!\x1a\x07\0rest', 'latin1') }],
    'it holds a RAR archive',
  ],
  ['something named zip', [{ name: 'a.zip', content: text }], 'it is damaged'],
];

for (const [name, entries, result, archive] of cases) {
  test(`a zip with ${name}: ${result}`, async () => {
    assert.equal(await inspect(buildZip(entries, archive)), result);
  });
}

test('what is no zip at all is damaged', async () => {
  for (const octets of [Buffer.alloc(0), text, buildZip([fine]).subarray(0, -1)]) {
    assert.equal(await inspect(octets), 'it is damaged');
  }
});

test('archives are opened two deep and no deeper', async () => {
  const virus = buildZip([{ name: 'a.txt', content: eicar }]);
  assert.equal(await inspect(virus), 'Eicar-Test-Signature');
  assert.equal(await inspect(nested(1, virus)), 'Eicar-Test-Signature');
  assert.equal(await inspect(nested(2, virus)), 'it holds archives in archives');
  assert.equal(await inspect(nested(1, buildZip([fine]))), 'clean');
});

test('names are read to the limit of entries', async () => {
  const many = (count: number): BuiltEntry[] =>
    Array.from({ length: count }, (_, index) => ({ ...fine, name: `${index}.txt` }));
  assert.equal(await inspect(buildZip(many(20)), { maxEntries: 20 }), 'clean');
  assert.equal(
    await inspect(buildZip([...many(20), evil]), { maxEntries: 20 }),
    'it has too many files in it',
  );
  assert.equal(
    await inspect(buildZip([evil, ...many(20)]), { maxEntries: 20 }),
    'double-extension',
  );
});

test('the limit of entries counts those of inner archives', async () => {
  const inner = buildZip([fine, { ...fine, name: 'b.txt' }]);
  const outer = buildZip([{ name: 'a.zip', content: inner }, fine]);
  assert.equal(await inspect(outer, { maxEntries: 4 }), 'clean');
  assert.equal(await inspect(outer, { maxEntries: 3 }), 'it has too many files in it');
});

test('of a file that unpacks to very much only the start is unpacked', async () => {
  const huge = buildZip([{ name: 'a.txt', content: Buffer.alloc(40 * megabyte) }]);
  assert.equal(await inspect(huge, { maxInflatedBytes: 64 * 1024 }), 'clean');
});

test('an inner archive that unpacks to too much is left alone', async () => {
  const inner = buildZip([{ name: 'a.bin', content: Buffer.alloc(megabyte), isStored: true }]);
  const outer = buildZip([{ name: 'a.zip', content: inner }]);
  const tooMuch = 'an archive in it unpacks to too much';
  assert.equal(await inspect(outer), tooMuch, 'by its ratio');
  const wide = { maxRatio: 2000 };
  assert.equal(await inspect(outer, wide), 'clean');
  assert.equal(await inspect(outer, { ...wide, maxArchiveBytes: megabyte }), tooMuch);
  assert.equal(await inspect(outer, { ...wide, maxInflatedBytes: megabyte }), tooMuch);
});

test('all that is unpacked counts together', async () => {
  const inner = buildZip([{ name: 'a.bin', content: Buffer.alloc(50_000, 'ab'), isStored: true }]);
  const entries = ['a.zip', 'b.zip', 'c.zip'].map((name) => ({
    name,
    content: inner,
    isStored: true,
  }));
  assert.equal(await inspect(buildZip(entries), { maxInflatedBytes: 200_000 }), 'clean');
  assert.match(await inspect(buildZip(entries), { maxInflatedBytes: 120_000 }), /too much/);
  assert.match(await inspect(buildZip(entries), { maxInflatedBytes: 1000 }), /too much/);
});

test('entries that share their data are not read again and again', async () => {
  const shared = { name: 'b.txt', content: Buffer.alloc(5000, 'ab'), isStored: true };
  const entries = [shared, { ...shared, isOverlapping: true }, { ...shared, isOverlapping: true }];
  assert.equal(await inspect(buildZip(entries)), 'its entries overlap');
});

test('an inspection that is no longer wanted ends', async () => {
  const controller = new AbortController();
  const work = new ArchiveWork(defaultLimits, controller.signal);
  const judge = new FileJudge(optionsSchema.parse({}));
  const reason = new Error('gone');
  controller.abort(reason);
  const inspection = new ArchiveInspection(judge, work).inspect(buildZip([fine]), 'It');
  await assert.rejects(inspection, reason);
});

test('no damage at all makes the inspection fail', async () => {
  const whole = buildZip([
    fine,
    { name: 'a.zip', content: buildZip([fine]) },
    { ...fine, isStored: true },
  ]);
  const place = fc.nat({ max: whole.length - 1 });
  const damages = fc.array(fc.tuple(place, fc.nat({ max: 255 })), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(damages, async (changes) => {
      const damaged = Buffer.from(whole);
      for (const [at, octet] of changes) damaged[at] = octet;
      await inspect(damaged);
    }),
    { numRuns: 300 },
  );
});

test('content is read whole or not at all', async () => {
  async function* pieces(): AsyncGenerator<Buffer> {
    yield Buffer.from('abc');
    yield Buffer.from('de');
  }
  assert.equal((await readWhole(pieces(), 5))?.toString(), 'abcde');
  assert.equal((await readWhole(pieces(), 100))?.toString(), 'abcde');
  assert.equal(await readWhole(pieces(), 4), undefined);
  assert.equal(await readWhole(pieces(), 0), undefined);
});
