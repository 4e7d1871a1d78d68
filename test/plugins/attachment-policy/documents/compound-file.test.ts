import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type CompoundEntry,
  CompoundFile,
} from '../../../../plugins/attachment-policy/documents/compound-file.ts';
import { examine } from '../examine.ts';
import { buildCompound } from './compound-builder.ts';

const streams = [
  { path: 'WordDocument', content: Buffer.alloc(10_000, 'abc') },
  { path: 'Macros/VBA/dir', content: Buffer.from('small') },
  { path: 'Macros/PROJECT', content: Buffer.alloc(4095, 'x') },
  { path: 'empty', content: Buffer.alloc(0) },
];

function contents(file: CompoundFile): Record<string, string> {
  const isStream = ({ kind }: CompoundEntry): boolean => kind === 'stream';
  return Object.fromEntries(
    file.entries
      .filter(isStream)
      .map((entry) => [
        [...entry.folder, entry.name].join('/'),
        file.read(entry, 1_000_000).toString('latin1'),
      ]),
  );
}

test('streams of all sizes are read, in whatever storage', () => {
  const file = new CompoundFile(buildCompound(streams));
  assert.deepEqual(
    contents(file),
    Object.fromEntries(streams.map(({ path, content }) => [path, content.toString('latin1')])),
  );
});

test('of a stream no more is read than asked for', () => {
  const file = new CompoundFile(buildCompound(streams));
  for (const entry of file.entries) assert.ok(file.read(entry, 12).length <= 12);
});

test('a file with more sectors than its header can list is read', () => {
  const large = { path: 'large', content: Buffer.alloc(8_000_000, 'large') };
  const file = new CompoundFile(buildCompound([large, ...streams]));
  const entry = file.entries.find(({ name }) => name === 'large');
  assert.ok(entry !== undefined && file.read(entry, 9_000_000).equals(large.content));
});

test('a chain that goes round in a circle ends', () => {
  const octets = buildCompound(streams);
  const fatSector = octets.readUInt32LE(76);
  const fat = octets.subarray((fatSector + 1) * 512, (fatSector + 2) * 512);
  for (let at = 0; at < 80; at += 4) fat.writeUInt32LE(0, at);
  const file = new CompoundFile(octets);
  for (const entry of file.entries) {
    assert.ok(file.read(entry, Number.POSITIVE_INFINITY).length <= octets.length);
  }
});

test('no damage at all makes the reading fail in any way but one', async () => {
  const whole = buildCompound(streams);
  // Where the tables are: the header, and the directory and tables at the end.
  const place = fc.oneof(
    fc.nat({ max: 511 }),
    fc.integer({ min: 512 * 20, max: whole.length - 1 }),
  );
  const damages = fc.array(fc.tuple(place, fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(damages, async (changes) => {
      const damaged = Buffer.from(whole);
      for (const [at, octet] of changes) damaged[at] = octet;
      await examine(damaged, { name: 'a.doc' });
    }),
    { numRuns: 300 },
  );
});

test('streams that share their octets are not read again and again', async () => {
  const path = (index: number): string => `${index}/\x01Ole10Native`;
  const shared = buildCompound([
    { path: path(0), content: Buffer.alloc(20_000, 'x') },
    ...Array.from({ length: 50 }, (_, index) => ({
      path: path(index + 1),
      content: Buffer.alloc(8, 'x'),
    })),
  ]);
  const { entries } = new CompoundFile(shared);
  const large = entries.find(({ octets }) => octets === 20_000) ?? assert.fail();
  const file = new CompoundFile(shared);
  assert.throws(
    () => {
      for (let time = 0; time < 50; time += 1) file.read(large, Number.POSITIVE_INFINITY);
    },
    { trait: 'archive-bomb' },
  );
});

test('folders in folders without end make a file unreadable', () => {
  const nested = (depth: number): Buffer =>
    buildCompound([{ path: `${'x/'.repeat(depth)}stream`, content: Buffer.from('x') }]);
  assert.equal(new CompoundFile(nested(64)).entries.length, 65);
  assert.throws(() => new CompoundFile(nested(65)), RangeError);
});
