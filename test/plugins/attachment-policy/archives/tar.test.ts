import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { cut } from '../../../message/chunking.ts';
import { examine, traitsIn } from '../examine.ts';
import { eicar, windowsProgram } from '../samples.ts';
import { buildTar, paxEntry, type TarEntry } from './archive-builders.ts';

const text = Buffer.from('Buy milk.\r\n');
const fine: TarEntry = { name: 'todo.txt', content: text };
const longName = `${'very/'.repeat(40)}long.vbs`;
const tooShort = 'a.tar: unreadable-archive (it ends too early)';

const cases: readonly (readonly [what: string, tar: Buffer, traits: readonly string[]])[] = [
  ['nothing in it', buildTar([]), []],
  ['an honest file', buildTar([fine]), []],
  [
    'a dangerous name',
    buildTar([fine, { name: 'a/setup.exe', content: text }]),
    ['a/setup.exe: dangerous-name'],
  ],
  [
    'a name that is no ASCII',
    buildTar([{ name: 'für.exe', content: text }]),
    ['für.exe: dangerous-name'],
  ],
  [
    'a name in two fields',
    buildTar([{ name: 'a.exe', prefix: 'über', content: text }]),
    ['über/a.exe: dangerous-name'],
  ],
  [
    "a long name in GNU's form",
    buildTar([{ name: '././@LongLink', type: 'L', content: Buffer.from(`${longName}\0`) }, fine]),
    [`${longName}: dangerous-name`],
  ],
  [
    'a name in a field of its own',
    buildTar([paxEntry({ path: 'a.js' }), fine]),
    ['a.js: dangerous-name'],
  ],
  [
    'a name for all files behind it',
    buildTar([{ ...paxEntry({ path: 'a.js' }), type: 'g' }, fine]),
    ['a.js: dangerous-name'],
  ],
  [
    'a size in a field of its own',
    buildTar([
      paxEntry({ size: String(text.length) }),
      { ...fine, octets: 0 },
      { name: 'b.exe', content: text },
    ]),
    ['b.exe: dangerous-name'],
  ],
  ['a link with an ending', buildTar([{ name: 'a.exe', type: '2' }]), []],
  ['a folder with an ending', buildTar([{ name: 'a.exe/', type: '5' }]), []],
  ['the test virus', buildTar([fine, { name: 'a.txt', content: eicar }]), ['a.txt: test-virus']],
  [
    'a program',
    buildTar([{ name: 'a', content: windowsProgram() }]),
    ['a: executable (a Windows program)'],
  ],
  [
    'an archive behind its end',
    Buffer.concat([buildTar([fine]), buildTar([{ name: 'a.exe' }])]),
    ['a.exe: dangerous-name'],
  ],
  ['no end', buildTar([fine, { name: 'a.exe' }], { isEnded: false }), ['a.exe: dangerous-name']],
  ['a file that is cut off', buildTar([{ ...fine, octets: 5000 }], { isEnded: false }), [tooShort]],
  [
    'a file of a terabyte that is not there',
    buildTar([{ ...fine, octets: 2 ** 40 }], { isEnded: false }),
    ['a.tar: archive-bomb (it unpacks to many times its size)'],
  ],
  [
    'a sparse file of 8 GB',
    buildTar([{ ...fine, type: 'S', realOctets: 8 ** 11 - 1 }]),
    ['a.tar: archive-bomb (it unpacks to many times its size)'],
  ],
  [
    'a sparse file in the newer form',
    buildTar([paxEntry({ 'GNU.sparse.realsize': '99999999999' }), fine]),
    ['a.tar: archive-bomb (it unpacks to many times its size)'],
  ],
  [
    'damage in the middle',
    Buffer.concat([buildTar([fine], { isEnded: false }), Buffer.alloc(512, 'x')]),
    ['a.tar: unreadable-archive (it is damaged)'],
  ],
];

for (const [what, tar, traits] of cases) {
  test(`a tar with ${what}: ${traits.map((each) => each.slice(0, 60)).join(', ') || 'nothing remarkable'}`, async () => {
    assert.deepEqual(await traitsIn(tar, { name: 'a.tar' }), traits);
  });
}

test('a compressed tar is opened, under whatever name', async () => {
  const tar = buildTar([{ name: 'a/setup.exe', content: text }]);
  const found = ['a/setup.exe: dangerous-name'];
  assert.deepEqual(await traitsIn(gzipSync(tar), { name: 'a.tgz' }), found);
  assert.deepEqual(await traitsIn(gzipSync(tar)), found);
  assert.deepEqual(await traitsIn(zstdCompressSync(tar), { name: 'a.tar.zst' }), found);
});

test('a header is known by a sum of octets with a sign, too', async () => {
  const tar = buildTar([{ name: '\u00fc.exe', content: text }]);
  const sum = tar.subarray(0, 512).reduce((total, octet, at) => {
    const value = at >= 148 && at < 156 ? 0x20 : octet;
    return total + (value > 127 ? value - 256 : value);
  }, 0);
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  assert.deepEqual(await traitsIn(tar, { name: 'a.tar' }), ['\u00fc.exe: dangerous-name']);
});

test('a tar that nothing tells by its start is opened by its name', async () => {
  const tar = Buffer.concat([Buffer.alloc(512), buildTar([{ name: 'a.exe', content: text }])]);
  assert.deepEqual(await traitsIn(tar, { name: 'a.tar' }), ['a.exe: dangerous-name']);
});

test('a tar reads the same in whatever pieces it comes', async () => {
  const tar = buildTar([
    fine,
    paxEntry({ path: 'x.pdf' }),
    { name: 'b', content: windowsProgram() },
    { name: 'c.exe', content: Buffer.alloc(700, 'c') },
  ]);
  const expected = await traitsIn(tar);
  const lengths = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(lengths, async (sizes) => {
      const { files } = await examine(pieces(cut(tar, sizes)));
      const traits = files.flatMap((file) => [...file.traits.keys()]);
      assert.equal(traits.length, expected.length);
    }),
    { numRuns: 50 },
  );
});

async function* pieces(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}
