// Owns the fuzz target of reading header blocks: where they end and how they divide into fields.
import assert from 'node:assert/strict';
import { HeaderBlock, HeaderEndFinder } from '../../../src/message/header-block.ts';
import { type FuzzTarget, sameForAllChunkings, smallChunks } from '../target.ts';

function findEnd(chunks: readonly Buffer[]): number | undefined {
  const finder = new HeaderEndFinder();
  let end: number | undefined;
  for (const chunk of chunks) {
    end = finder.push(chunk);
    if (end !== undefined) break;
  }
  return end;
}

function checkFields(header: HeaderBlock): void {
  const { bytes } = header;
  const { fields, tailStart } = header.split();
  let at = 0;
  for (const field of fields) {
    assert.equal(field.source, bytes);
    assert.equal(field.start, at, 'fields lie side by side');
    assert.ok(field.end > field.start);
    at = field.end;
    if (field.name === undefined) continue;
    assert.match(field.name, /^[^\0-\x20:\x7f]+$/);
    assert.equal(
      bytes.toString('latin1', field.start, field.start + field.name.length),
      field.name,
    );
    assert.equal(bytes.toString('latin1', field.valueStart - 1, field.valueStart), ':');
  }
  assert.equal(at, tailStart);
}

function checkReading(header: HeaderBlock): void {
  const entries = [...header.entries()];
  for (const { name, value } of entries) {
    assert.doesNotMatch(value, /[\r\n]|^[ \t]|[ \t]$/);
    const values = entries.filter((entry) => isSameName(entry.name, name));
    assert.deepEqual(
      header.all(name),
      values.map((entry) => entry.value),
    );
    assert.equal(header.get(upperCase(name)), values[0]?.value);
    assert.doesNotMatch(header.text(name) ?? '', /\p{Cc}/u);
  }
}

/** ASCII letters only: other characters may not come back from their upper case. */
function upperCase(name: string): string {
  return name.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase());
}

function isSameName(name: string, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}

export const headerBlock: FuzzTarget = {
  name: 'header-block',
  dictionary: [
    '\r\n',
    '\r\n\r\n',
    '\n\n',
    '\r',
    '\r\r\n',
    'A: b\r\n',
    'A:',
    ':',
    ' ',
    '\t',
    '\r\n ',
    '\xe4',
  ],
  check(input) {
    const end = sameForAllChunkings(input, findEnd);
    const bytes = input.subarray(0, end);
    const header = new HeaderBlock(bytes);
    const { tailStart } = header.split();
    if (end === undefined) assert.equal(tailStart, bytes.length);
    else assert.match(bytes.toString('latin1', tailStart), /^\r*\n$/);
    checkFields(header);
    checkReading(header);
  },
  exercise(input) {
    findEnd(smallChunks(input));
    const header = new HeaderBlock(input);
    for (const { name } of [...header.entries()].slice(0, 4)) header.text(name);
  },
};
