// Owns the fuzz target of the line reader, against a model that has all octets at once.
import assert from 'node:assert/strict';
import { AppError } from '../../../src/base/errors.ts';
import { LineReader } from '../../../src/pop3/line-reader.ts';
import { type FuzzTarget, linesOf, sameForAllChunkings, smallChunks } from '../target.ts';

const maxLineOctets = 48;

interface Outcome {
  readonly lines: readonly string[];
  readonly rest: string;
  readonly isTooLong: boolean;
}

/** Lines are turned into text at the end, so that octets written over by later chunks are noticed. */
function read(chunks: readonly Buffer[]): Outcome {
  const reader = new LineReader(maxLineOctets);
  const lines: Buffer[] = [];
  let isTooLong = false;
  for (const chunk of chunks) {
    reader.push(chunk);
    try {
      for (let line = reader.maybeReadLine(); line; line = reader.maybeReadLine()) lines.push(line);
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === 'LINE_TOO_LONG', String(error));
      isTooLong = true;
      break;
    }
  }
  const pendingOctets = reader.pendingOctets;
  const rest = reader.takePending();
  assert.equal(rest.length, pendingOctets);
  assert.equal(reader.pendingOctets, 0);
  return {
    lines: lines.map((line) => line.toString('latin1')),
    // What came after a line that is too long depends on the chunks.
    rest: isTooLong ? '' : rest.toString('latin1'),
    isTooLong,
  };
}

function model(input: Buffer): Outcome {
  const pieces = linesOf(input);
  const rest = pieces.at(-1)?.toString('latin1') ?? '';
  const ended = pieces.slice(0, -1);
  const long = ended.findIndex((piece) => piece.length + 1 > maxLineOctets);
  const isTooLong = long !== -1 || rest.length > maxLineOctets;
  const read = long === -1 ? ended : ended.slice(0, long);
  return {
    lines: read.map((piece) => piece.toString('latin1').replace(/\r$/, '')),
    rest: isTooLong ? '' : rest,
    isTooLong,
  };
}

/** STLS hands over in the middle: what was not read as a line must be there, no octet more or less. */
function checkHandOver(input: Buffer): void {
  const reader = new LineReader(maxLineOctets);
  reader.push(input);
  if (input.indexOf(0x0a) === -1 || input.indexOf(0x0a) >= maxLineOctets) return;
  reader.maybeReadLine();
  assert.deepEqual(reader.takePending(), input.subarray(input.indexOf(0x0a) + 1));
}

export const lineReader: FuzzTarget = {
  name: 'line-reader',
  dictionary: ['\r\n', '\n', '\r', '\r\r\n', 'USER a\r\n', '\0', 'x'.repeat(46), 'x'.repeat(47)],
  check(input) {
    assert.deepEqual(sameForAllChunkings(input, read), model(input));
    checkHandOver(input);
  },
  exercise(input) {
    for (const chunks of [[input], smallChunks(input)]) {
      const reader = new LineReader(input.length + 1);
      for (const chunk of chunks) {
        reader.push(chunk);
        while (reader.maybeReadLine() !== undefined);
      }
    }
  },
};
