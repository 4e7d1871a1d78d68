import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { seal, sealedLength, unseal } from '../../src/stores/sealed-file.ts';

const key = createSecretKey(randomBytes(32));
const label = 'a';
const header = 40;
const chunk = 64 * 1024;
const sealedChunk = chunk + 16;
/** Around every border that the form has. */
const lengths = [0, 1, 15, 16, chunk - 1, chunk, chunk + 1, 2 * chunk, 2 * chunk + 5, 3 * chunk];

async function joined(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

function sealed(content: Buffer): Promise<Buffer> {
  return joined(seal(key, label, [content]));
}

function opened(octets: Buffer, under = label, by = key): Promise<Buffer> {
  return joined(unseal(by, under, [octets]));
}

function* cut(octets: Buffer, sizes: readonly number[]): Generator<Buffer> {
  let at = 0;
  for (const size of sizes) {
    yield octets.subarray(at, at + size);
    at += size;
  }
  yield octets.subarray(at);
}

for (const length of lengths) {
  test(`${length} octets come back as they were, in a file of the length that was foretold`, async () => {
    const content = randomBytes(length);
    const octets = await sealed(content);
    assert.equal(octets.length, sealedLength(length));
    assert.deepEqual(await opened(octets), content);
  });
}

test('any chunking on either side gives the same content', async () => {
  const sizes = fc.array(fc.integer({ min: 0, max: chunk + 100 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...lengths), sizes, sizes, async (length, before, after) => {
      const content = randomBytes(length);
      const octets = await joined(seal(key, label, cut(content, before)));
      assert.equal(octets.length, sealedLength(length));
      assert.ok((await joined(unseal(key, label, cut(octets, after)))).equals(content));
    }),
    { numRuns: 60 },
  );
});

test('content is not to be seen, and the same content never looks the same', async () => {
  const content = Buffer.alloc(2 * chunk, 'secret words ');
  const [one, two] = [await sealed(content), await sealed(content)];
  assert.equal(one.includes('secret'), false);
  assert.notDeepEqual(one.subarray(header), two.subarray(header));
  // Equal chunks do not look alike either.
  const first = one.subarray(header, header + chunk);
  assert.notDeepEqual(first, one.subarray(header + sealedChunk, header + sealedChunk + chunk));
});

test('another key or label opens nothing', async () => {
  const octets = await sealed(Buffer.from('content'));
  await assert.rejects(opened(octets, 'b'), /chunk 0 is not genuine/);
  await assert.rejects(opened(octets, label, createSecretKey(randomBytes(32))), /not genuine/);
});

test('one changed bit at any place is noticed', async () => {
  const content = randomBytes(2 * chunk + 5);
  const octets = await sealed(content);
  const places = [
    ...[0, 7, 8, header - 1],
    ...[header, header + chunk - 1, header + chunk, header + sealedChunk - 1],
    ...[header + sealedChunk, header + 2 * sealedChunk, octets.length - 17, octets.length - 1],
  ];
  for (const place of places) {
    const changed = Buffer.from(octets);
    changed.writeUInt8(changed.readUInt8(place) ^ 1, place);
    await assert.rejects(opened(changed), Error, `octet ${place}`);
  }
});

test('a file that is cut off at any kind of place is noticed', async () => {
  const octets = await sealed(randomBytes(2 * chunk + 5));
  const ends = [
    ...[0, 1, 8, header - 1, header, header + 1, header + 16, header + 17, header + chunk],
    // Whole chunks remain.
    ...[header + sealedChunk, header + 2 * sealedChunk],
    ...[header + sealedChunk + 1, header + sealedChunk + 16, octets.length - 1],
  ];
  for (const end of ends) {
    await assert.rejects(opened(octets.subarray(0, end)), Error, `${end} octets`);
  }
});

test('chunks that are missing, repeated, exchanged or added are noticed', async () => {
  const octets = await sealed(randomBytes(3 * chunk));
  const head = octets.subarray(0, header);
  const [a, b, c] = [0, 1, 2].map((n) =>
    octets.subarray(header + n * sealedChunk, header + (n + 1) * sealedChunk),
  );
  assert.ok(a !== undefined && b !== undefined && c !== undefined);
  assert.equal((await opened(Buffer.concat([head, a, b, c]))).length, 3 * chunk);
  const wrong = [[b, c], [a, c], [a, b], [b, a, c], [a, c, b], [a, a, c], [a, b, c, c], [c], []];
  for (const [index, chunks] of wrong.entries()) {
    await assert.rejects(opened(Buffer.concat([head, ...chunks])), Error, `case ${index}`);
  }
  // The chunk of another content under the same key and label.
  const other = await sealed(randomBytes(3 * chunk));
  const foreign = other.subarray(header + sealedChunk, header + 2 * sealedChunk);
  await assert.rejects(opened(Buffer.concat([head, a, foreign, c])), /chunk 1 is not genuine/);
  await assert.rejects(opened(Buffer.concat([octets, Buffer.of(0)])), Error);
});

test('octets before a damage are given, and then it fails', async () => {
  const content = randomBytes(2 * chunk);
  const octets = await sealed(content);
  octets.writeUInt8(octets.readUInt8(octets.length - 1) ^ 1, octets.length - 1);
  const given: Buffer[] = [];
  await assert.rejects(async () => {
    for await (const piece of unseal(key, label, [octets])) given.push(piece);
  });
  assert.ok(Buffer.concat(given).equals(content.subarray(0, chunk)));
});

test('a failure of the source is that of the reader', async () => {
  async function* failing(): AsyncGenerator<Buffer> {
    yield Buffer.from('some');
    throw new Error('upstream is gone');
  }
  await assert.rejects(joined(seal(key, label, failing())), /upstream is gone/);
});
