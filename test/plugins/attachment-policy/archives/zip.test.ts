import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { zipOf } from '../../../helpers/files/zip.ts';
import { examine, outermost, traitsIn } from '../examine.ts';
import { eicar, windowsProgram } from '../samples.ts';
import { type BuiltArchive, type BuiltEntry, buildZip } from './zip-builder.ts';

const text = Buffer.from('Buy milk.\r\n');

const fine: BuiltEntry = { name: 'todo.txt', content: text };
const evil: BuiltEntry = { name: 'invoice.pdf.exe', content: text };
const found = 'invoice.pdf.exe: double-extension';

type Case = readonly [
  what: string,
  entries: readonly BuiltEntry[],
  traits: readonly string[],
  archive?: BuiltArchive,
];

const cases: readonly Case[] = [
  ['nothing in it', [], []],
  ['honest files', [fine, { name: 'a/b.csv', content: text, isStored: true }], []],
  ['an empty file', [{ name: 'a.txt' }], []],
  ['a folder with an ending', [{ name: 'x.exe/', isStored: true }], []],
  [
    'a file that poses as a folder',
    [{ name: 'x.exe/', content: text }],
    ['x.exe/: dangerous-name'],
  ],
  [
    'a dangerous name',
    [fine, { name: 'a/setup.exe', content: text }],
    ['a/setup.exe: dangerous-name'],
  ],
  ['a double ending', [evil], [found]],
  [
    'a name with backslashes',
    [{ name: 'a\\setup.exe.', content: text }],
    ['a\\setup.exe.: dangerous-name'],
  ],
  [
    'a name turned round',
    [{ name: 'a\u202egnp.txt', content: text }],
    ['a\u202egnp.txt: rtl-name'],
  ],
  ['a way out', [{ name: '../../a.txt', content: text }, evil], [found]],
  [
    'another name before the data',
    [{ ...fine, localName: 'x.exe' }],
    ['todo.txt: dangerous-name', 'a.zip: archive-ambiguous (a file in it has two names)'],
  ],
  [
    'another method before the data',
    [{ ...fine, localMethod: 0 }],
    ['a.zip: archive-ambiguous (a file in it is packed in two ways)'],
  ],
  [
    'a dangerous name on an encrypted file',
    [{ ...evil, flags: 1 }],
    [found, 'a.zip: encrypted-archive (a file in it is encrypted)'],
  ],
  [
    'a program by another name',
    [{ name: 'a.txt', content: windowsProgram() }],
    ['a.txt: executable (a Windows program)'],
  ],
  [
    'a stored program',
    [{ name: 'a', content: windowsProgram(), isStored: true }],
    ['a: executable (a Windows program)'],
  ],
  ['the test virus', [{ name: 'a.txt', content: eicar }], ['a.txt: test-virus']],
  [
    'the stored test virus',
    [{ name: 'a', content: eicar, isStored: true }],
    ['a: test-virus', 'a.zip: test-virus'],
  ],
  [
    'the test virus behind a lie about its size',
    [{ name: 'a.txt', content: eicar, declaredSize: 1 }],
    ['a.txt: test-virus', 'a.zip: archive-ambiguous (a file in it is longer than it says)'],
  ],
  [
    'the test virus in data that ends too early',
    // Without the bit that marks the last block.
    [
      {
        name: 'a.txt',
        packed: deflateRawSync(eicar, { level: 0 }).fill(0, 0, 1),
        declaredSize: 68,
      },
    ],
    ['a.txt: test-virus', 'a.zip: test-virus'],
  ],
  [
    'a virus behind a file that cannot be read',
    [
      { ...fine, flags: 1 },
      { name: 'b.txt', content: eicar },
    ],
    ['b.txt: test-virus', 'a.zip: encrypted-archive (a file in it is encrypted)'],
  ],
  [
    'a virus behind a header that is not there',
    [
      { ...fine, localOffset: 3 },
      { name: 'b.txt', content: eicar },
    ],
    ['b.txt: test-virus', 'a.zip: unreadable-archive (a file in it is damaged)'],
  ],
  [
    'an encrypted file',
    [fine, { ...fine, flags: 1 }],
    ['a.zip: encrypted-archive (a file in it is encrypted)'],
  ],
  [
    'an unknown method',
    [{ ...fine, method: 14 }],
    ['a.zip: unreadable-archive (a file in it is packed in an unknown way)'],
  ],
  [
    'damaged data',
    [{ ...fine, packed: Buffer.from('garbage') }],
    ['a.zip: unreadable-archive (a file in it is damaged)'],
  ],
  [
    'another size before the data',
    [{ ...fine, isStored: true, localPackedSize: 5 }],
    ['a.zip: archive-ambiguous (a file in it has two sizes)'],
  ],
  [
    'strong encryption',
    [{ ...fine, flags: 0x41 }],
    [
      'a.zip: unreadable-archive (it is damaged)',
      'a.zip: encrypted-archive (a file in it is encrypted)',
    ],
  ],
  [
    'fewer entries than it says',
    [evil],
    [found, 'a.zip: unreadable-archive (it is damaged)'],
    { declaredEntries: 2 },
  ],
  [
    'more entries than it says',
    [evil, fine],
    [found, 'a.zip: archive-ambiguous (it has more entries than it says)'],
    { declaredEntries: 1 },
  ],
  [
    'entries that it denies',
    [evil],
    ['a.zip: archive-ambiguous (it has more entries than it says)'],
    { declaredEntries: 0 },
  ],
  [
    'something behind its end',
    [fine, evil],
    [found, 'a.zip: unreadable-archive (it is damaged)'],
    { suffix: Buffer.from('more') },
  ],
  ['a picture in front', [evil], [found], { prefix: Buffer.from('GIF89a....') }],
  [
    'something named zip',
    [{ name: 'b.zip', content: text }],
    ['b.zip: unreadable-archive (it is damaged)'],
  ],
];

for (const [what, entries, traits, archive] of cases) {
  test(`a zip with ${what}: ${traits.join(', ') || 'nothing remarkable'}`, async () => {
    assert.deepEqual(await traitsIn(buildZip(entries, archive), { name: 'a.zip' }), traits);
  });
}

const programs: readonly (readonly [readonly string[], string, string])[] = [
  [['META-INF/MANIFEST.MF', 'a/Main.class'], 'jar', 'executable'],
  [['AndroidManifest.xml', 'classes.dex'], 'apk', 'executable'],
  [['[Content_Types].xml', 'AppxManifest.xml'], 'msix', 'installer'],
];

for (const [names, type, trait] of programs) {
  test(`a zip with ${names.join(' and ')} is a ${type}`, async () => {
    const zip = buildZip(names.map((name) => ({ name, content: text })));
    assert.deepEqual(await outermost(zip), { detected: type, traits: [trait] });
  });
}

test('a zip of which only the name or the declared type speaks is opened', async () => {
  const zip = buildZip([evil], { prefix: Buffer.from('GIF89a....') });
  assert.deepEqual(await traitsIn(zip, { name: 'a.ZIP ' }), [found]);
  assert.deepEqual(await traitsIn(zip, { name: 'a.gif', type: 'application/zip' }), [found]);
  assert.deepEqual(await traitsIn(zip, { name: 'a.gif' }), []);
});

test('a file that the directory does not list makes an archive ambiguous', async () => {
  const empty = buildZip([]);
  const listed = buildZip([fine]);
  const unlisted = 'a.zip: archive-ambiguous (it has files that its directory lacks)';
  // The directory at the end counts, and its offsets are those of the archive behind.
  assert.deepEqual(await traitsIn(Buffer.concat([listed, empty]), { name: 'a.zip' }), [unlisted]);
  const behind = buildZip([fine], { prefix: listed });
  assert.deepEqual(await traitsIn(behind, { name: 'a.zip' }), [unlisted]);
});

test('an archive in an archive is no file that the directory does not list', async () => {
  const inner = buildZip([fine, fine]);
  for (const isStored of [true, false]) {
    const outer = buildZip([fine, { name: 'inner.zip', content: inner, isStored }, fine]);
    assert.deepEqual(await traitsIn(outer, { name: 'a.zip' }), []);
  }
});

test('sizes that have the form for large files make a small archive ambiguous', async () => {
  const zip64 = zipOf(text, { sizes: 'zip64' });
  assert.deepEqual(await traitsIn(zip64, { name: 'a.zip' }), [
    'a.zip: archive-ambiguous (the sizes in it have the form of those above 4 GB)',
  ]);
  assert.deepEqual(await traitsIn(zipOf(text), { name: 'a.zip' }), []);
  assert.deepEqual(await traitsIn(zipOf(text, { sizes: 'behind' }), { name: 'a.zip' }), []);
});

test('what is no zip at all is damaged', async () => {
  for (const octets of [Buffer.alloc(0), text, buildZip([fine]).subarray(0, -1)]) {
    assert.deepEqual(await traitsIn(octets, { name: 'a.zip' }), [
      'a.zip: unreadable-archive (it is damaged)',
    ]);
  }
});

test('the names of what a file lies in are known, the innermost first', async () => {
  const inner = buildZip([evil]);
  const outer = buildZip([{ name: 'inner.zip', content: inner }]);
  const { files } = await examine(outer, { name: 'outer.zip' });
  assert.deepEqual(files[0]?.place, {
    path: '1',
    inside: 'archive',
    containers: ['inner.zip', 'outer.zip'],
  });
});

test('nothing more is examined once a file was decisive', async () => {
  const entries = ['a.exe', 'b.exe', 'c.exe'].map((name) => ({ name, content: text }));
  const { files } = await examine(buildZip(entries), {
    name: 'a.zip',
    isDecisive: ({ traits }) => traits.has('dangerous-name'),
  });
  assert.deepEqual(
    files.map(({ names }) => names[0]),
    ['a.exe', 'a.zip'],
  );
});

test('of a large file only the start is unpacked', async () => {
  const content = Buffer.alloc(2_000_000, 'ab');
  const { inflatedBytes } = await examine(buildZip([{ name: 'a.txt', content }]));
  assert.ok(inflatedBytes <= 8192, String(inflatedBytes));
});

test('an examination that is no longer wanted ends', async () => {
  const reason = new Error('gone');
  const controller = new AbortController();
  controller.abort(reason);
  await assert.rejects(examine(buildZip([fine]), { signal: controller.signal }), reason);
});

test('no damage at all makes the examination fail', async () => {
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
      await examine(damaged, { name: 'a.zip' });
    }),
    { numRuns: 300 },
  );
});

test('of an archive without a directory, the files are found one by one', async () => {
  const whole = buildZip([fine, evil, { name: 'a.bin', content: windowsProgram() }]);
  const torso = whole.subarray(0, whole.indexOf('PK\x01\x02', 0, 'latin1'));
  const expected = [
    found,
    'a.bin: executable (a Windows program)',
    'a.zip: unreadable-archive (it is damaged)',
  ];
  assert.deepEqual(await traitsIn(torso, { name: 'a.zip' }), expected);
  const junk = Buffer.from('junk');
  assert.deepEqual(await traitsIn(Buffer.concat([junk, torso]), { name: 'a.zip' }), expected);
});

test('what nothing tells by its start is opened for what it is named', async () => {
  const archive = Buffer.concat([Buffer.from('junk'), buildZip([evil])]);
  const { traits } = await outermost(archive, { name: 'a.docx' });
  assert.deepEqual(traits, ['unreadable-archive']);
  for (const name of ['a.rar', 'a.7z', 'a.xz', 'a.lzma', 'a.gz']) {
    assert.deepEqual((await outermost(Buffer.from('junk'), { name })).traits, [
      'unreadable-archive',
    ]);
    assert.deepEqual((await outermost(Buffer.alloc(0), { name })).traits, []);
  }
});
