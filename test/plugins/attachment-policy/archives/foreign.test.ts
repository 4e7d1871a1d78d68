import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { UnpackingThread } from '../../../../plugins/attachment-policy/archives/unpacking-thread-handle.ts';
import { examine, outermost, traitsIn } from '../examine.ts';
import { eicar, windowsProgram } from '../samples.ts';
import { buildCab, buildCpio, buildLha, buildRar, buildTar } from './archive-builders.ts';
import {
  bzip2,
  isoImage,
  sevenZip,
  sevenZipEncrypted,
  sevenZipHidden,
  tarBzip2,
  xz,
} from './archive-samples.ts';

const program = windowsProgram();

const cases: readonly (readonly [what: string, archive: Buffer, traits: readonly string[]])[] = [
  ['a 7z', sevenZip, ['a/setup.exe: dangerous-name']],
  ['an encrypted 7z', sevenZipEncrypted, ['x.bin: encrypted-archive (a file in it is encrypted)']],
  ['a 7z with hidden names', sevenZipHidden, ['x.bin: encrypted-archive (it is encrypted)']],
  ['a RAR', buildRar('a.txt', program), ['a.txt: executable (a Windows program)']],
  [
    'a RAR with hidden names',
    buildRar('a', program, { isEncrypted: true }),
    ['x.bin: encrypted-archive (it is encrypted)'],
  ],
  ['a cabinet', buildCab('a.txt', program), ['a.txt: executable (a Windows program)']],
  ['an LHA', buildLha('a.txt', program), ['a.txt: executable (a Windows program)']],
  ['a cpio', buildCpio('a.txt', program), ['a.txt: executable (a Windows program)']],
  ['a CD', isoImage(), ['a/setup.exe: dangerous-name', 'x.bin: disk-image (a CD)']],
  ['a tar in a bzip2', tarBzip2, ['a/setup.exe: dangerous-name']],
  ['a cut 7z', sevenZip.subarray(0, -20), ['x.bin: unreadable-archive (it cannot be unpacked)']],
  [
    'an ARJ',
    Buffer.from('60ea2800220b01020010', 'hex'),
    ['x.bin: unreadable-archive (its format cannot be read)'],
  ],
];

for (const [what, archive, traits] of cases) {
  test(`${what}: ${traits.join(', ')}`, async () => {
    const found = await traitsIn(archive, { name: 'x.bin' });
    // The library may say more about damage.
    assert.deepEqual(
      found.map((each) => each.replace(/ \(it is damaged.*/, ' (it cannot be unpacked)')),
      traits,
    );
  });
}

for (const [name, packed] of [
  ['setup.exe.bz2', bzip2],
  ['setup.exe.xz', xz],
] as const) {
  test(`${name} holds one file`, async () => {
    assert.deepEqual(await traitsIn(packed, { name }), ['setup.exe: dangerous-name']);
  });
}

async function contentOf(octets: Buffer): Promise<Buffer> {
  const { signal } = new AbortController();
  await using thread = new UnpackingThread({ octets, mode: 'stream' }, signal);
  await thread.ask('next');
  const pieces: Uint8Array[] = [];
  for (;;) {
    const answer = await thread.ask('read');
    if (answer.kind !== 'data') return Buffer.concat(pieces);
    pieces.push(answer.octets);
  }
}

test('a compressed file comes out whole, to the last octet', async () => {
  assert.equal((await contentOf(bzip2)).toString(), 'Not a program.');
  assert.equal((await contentOf(xz)).toString(), 'Not a program.');
  assert.equal((await contentOf(tarBzip2)).length, 10_240);
});

test('a thread is ended by the signal, and its work with it', async () => {
  const controller = new AbortController();
  await using thread = new UnpackingThread(
    { octets: sevenZip, mode: 'archive' },
    controller.signal,
  );
  const answer = thread.ask('next');
  const reason = new Error('gone');
  controller.abort(reason);
  await assert.rejects(answer, reason);
  await assert.rejects(thread.ask('next'), reason);
});

test('a thread that gets too little memory dies alone', async () => {
  const { signal } = new AbortController();
  const large = Buffer.concat([sevenZip, Buffer.alloc(20_000_000)]);
  await using thread = new UnpackingThread({ octets: large, mode: 'archive' }, signal, 17_000_000);
  await assert.rejects(thread.ask('next'), /out of memory/);
});

test('what the library does not know is unreadable', async () => {
  const { traits } = await outermost(Buffer.concat([sevenZip.subarray(0, 32), Buffer.alloc(50)]));
  assert.deepEqual(traits, ['unreadable-archive']);
});

test('archives of different formats nest', async () => {
  const inner = buildTar([{ name: 'a.txt', content: eicar }]);
  const outer = buildRar('b.tar', inner);
  assert.deepEqual(await traitsIn(buildCab('c.rar', outer), { name: 'd.cab.txt' }), [
    'a.txt: test-virus',
    'd.cab.txt: type-mismatch (it is of type cab)',
  ]);
});

test('no damage at all makes the examination fail', async () => {
  const samples = [sevenZip, buildRar('a.txt', program), buildCab('a.txt', program), xz];
  const damages = fc.array(fc.tuple(fc.double({ min: 0, max: 0.99 }), fc.nat({ max: 255 })), {
    minLength: 1,
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...samples), damages, async (sample, changes) => {
      const damaged = Buffer.from(sample);
      for (const [at, octet] of changes) damaged[Math.floor(at * damaged.length)] = octet;
      await examine(damaged, { name: 'a.bin' });
    }),
    { numRuns: 20 },
  );
});
