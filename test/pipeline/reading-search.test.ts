import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type SearchLimits,
  type SearchResult,
  searchReadings,
} from '../../src/pipeline/reading-search.ts';
import { MessageSource, ReadingSource, unmetered } from '../../src/pipeline/reading-source.ts';
import { filePart, letter, payload, withPart } from '../helpers/ambiguous/case.ts';
import { ambiguousMessages } from '../helpers/ambiguous-messages.ts';
import { collect } from '../helpers/pipeline.ts';
import { base64Lines, uuencode } from '../helpers/wrapped-files.ts';
import { cut } from '../message/chunking.ts';

async function* stream(pieces: readonly Buffer[]): AsyncGenerator<Buffer, void, void> {
  for (const piece of pieces) yield piece;
}

function sourceOf(octets: Buffer, lengths: readonly number[] = [65_536]): MessageSource {
  return new MessageSource((start) => stream(cut(octets.subarray(start), lengths)));
}

async function search(
  message: string | Buffer,
  limits?: Partial<SearchLimits>,
): Promise<SearchResult> {
  return await searchReadings(sourceOf(Buffer.from(message)), limits);
}

function told({ ambiguities }: SearchResult): string[] {
  return ambiguities.map(({ kind, path, reach }) => `${kind} ${path} ${reach}`);
}

/** A message in base64 within itself, so many times. */
function nested(levels: number): string {
  let message = withPart(...filePart);
  for (let level = 0; level < levels; level += 1) {
    const encoded = base64Lines(Buffer.from(message)).trimEnd();
    message = withPart(
      'Content-Type: message/rfc822',
      'Content-Transfer-Encoding: base64',
      '',
      encoded,
    );
  }
  return message;
}

test('an ordinary message is read once and has no other readings', async () => {
  let reads = 0;
  const octets = Buffer.from(withPart(...filePart));
  const source = new MessageSource((start) => {
    reads += 1;
    return stream([octets.subarray(start)]);
  });
  assert.deepEqual(await searchReadings(source), { ambiguities: [], readings: [] });
  assert.equal(reads, 1);
});

test('any chunking finds the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ambiguousMessages()),
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 4 }),
      async ({ octets }, lengths) => {
        const [whole, inChunks] = await Promise.all([
          searchReadings(sourceOf(octets)),
          searchReadings(sourceOf(octets, lengths)),
        ]);
        assert.deepEqual(inChunks.ambiguities, whole.ambiguities);
        assert.deepEqual(
          inChunks.readings.map(({ path, newParts }) => [path, newParts]),
          whole.readings.map(({ path, newParts }) => [path, newParts]),
        );
      },
    ),
    { numRuns: 150 },
  );
});

test('readings of readings are found, their paths tell the way', async () => {
  const result = await search(nested(3));
  assert.deepEqual(told(result), [
    'encoded-message 1.2 resolved',
    'encoded-message 1.2~encoded-message.2 resolved',
    'encoded-message 1.2~encoded-message.2~encoded-message.2 resolved',
  ]);
  assert.equal(
    result.readings.at(-1)?.path,
    '1.2~encoded-message.2~encoded-message.2~encoded-message',
  );
});

test('readings nested too deep are told as unresolved, the others are there', async () => {
  const result = await search(nested(4), { maxNesting: 3 });
  assert.equal(result.readings.length, 3);
  assert.ok(told(result).includes('too-many-readings 1 unresolved'));
});

test('readings beyond their number are told as unresolved', async () => {
  const parts = Array.from({ length: 10 }, (_, index) => [
    '--one',
    '',
    uuencode('a', Buffer.from(`file ${index}`)),
  ]);
  const message = letter(
    ['Content-Type: multipart/mixed; boundary=one'],
    ...parts.flat(),
    '--one--',
  );
  assert.equal((await search(message)).readings.length, 10);
  const limited = await search(message, { maxReadings: 4 });
  assert.equal(limited.readings.length, 4);
  assert.ok(told(limited).includes('too-many-readings 1 unresolved'));
});

test('work beyond the budget is told as unresolved', async () => {
  const budget = { octetsFactor: 0, octetsAlways: 100 };
  const result = await search(nested(1), budget);
  assert.deepEqual(told(result), ['too-many-readings 1 unresolved']);
  assert.deepEqual((await search(withPart(...filePart), budget)).ambiguities, []);
});

test('ambiguities beyond their number are told as unresolved', async () => {
  const part = ['--one', 'Content-Type: message/external-body', '', 'x'];
  const parts = Array.from({ length: 10 }, () => part).flat();
  const message = letter(['Content-Type: multipart/mixed; boundary=one'], ...parts, '--one--');
  const result = await search(message, { maxAmbiguities: 3 });
  assert.equal(result.ambiguities.length, 4);
  assert.ok(told(result).includes('too-many-readings 1 unresolved'));
});

test('a structure that the walk gives up is told as unresolved', async () => {
  const parts = '--one\r\n\r\nx\r\n'.repeat(2100);
  const message = letter(['Content-Type: multipart/mixed; boundary=one'], parts);
  assert.ok(told(await search(message)).includes('too-many-readings 1 unresolved'));
});

test('what another reading shows as well is no ambiguity', async () => {
  const twice = letter(
    ['Content-Type: multipart/mixed; boundary=one'],
    '--one',
    ...filePart,
    '--one--',
  ).replace('MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="one"');
  assert.deepEqual(told(await search(twice)), []);
});

test('the parts that a reading shows anew are named, those around them too', async () => {
  const message = letter(
    ['Content-Type: message/rfc822', 'Content-Transfer-Encoding: base64'],
    base64Lines(Buffer.from(withPart(...filePart))).trimEnd(),
  );
  const [reading] = (await search(message)).readings;
  assert.deepEqual([...(reading?.newParts ?? [])].toSorted(), ['1', '1.1', '1.2']);
});

test('a stretch of a reading is the same as that stretch of the whole', async () => {
  const octets = Buffer.from(base64Lines(Buffer.from(`text ${payload}`.repeat(20))));
  const reading = new ReadingSource(sourceOf(octets, [50]), {
    header: Buffer.from('A: b\r\n\r\n'),
    start: 4,
    end: octets.length - 10,
    stages: [{ kind: 'transferEncoding', encoding: 'base64' }],
  });
  const whole = await collect(reading.read(0, Number.POSITIVE_INFINITY, unmetered));
  assert.ok(whole.toString().startsWith('A: b\r\n\r\nt '));
  for (const [start, end] of [
    [0, 5],
    [3, 9],
    [8, 8],
    [100, 300],
    [300, 9999],
  ] as const) {
    const stretch = await collect(reading.read(start, end, unmetered));
    assert.deepEqual(stretch, whole.subarray(start, end));
  }
});

test('octets that no step changes keep their name under another header', () => {
  const message = sourceOf(Buffer.alloc(0));
  const header = Buffer.from('A: b\r\n\r\n');
  const plain = new ReadingSource(message, { header, start: 10, end: 50, stages: [] });
  assert.equal(plain.keyOf(header.length + 5, header.length + 9), message.keyOf(15, 19));
  const stages = [{ kind: 'uuencode' }] as const;
  const decoded = new ReadingSource(message, { header, start: 10, end: 50, stages });
  assert.notEqual(decoded.keyOf(13, 17), message.keyOf(15, 19));
});
