import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineSearch, type Mark } from '../../../src/message/readings/line-search.ts';
import { chunkLengths, cut, octetsOf } from '../chunking.ts';

function marksOf(chunks: readonly Buffer[], boundaries: readonly string[] = []): readonly Mark[] {
  const search = new LineSearch(boundaries.map((text) => ({ text, from: 0 })));
  for (const chunk of chunks) search.push(chunk);
  return search.end();
}

/** Kinds and places. */
function found(text: string, ...boundaries: readonly string[]): string[] {
  return marksOf([Buffer.from(text, 'latin1')], boundaries).map(
    ({ kind, start, next }) => `${kind} ${start}-${next}`,
  );
}

const cases: readonly (readonly [name: string, text: string, marks: readonly string[]])[] = [
  ['text', 'a\r\nb\r\n-- \r\nend', []],
  ['a field of MIME', 'x\r\ncontent-TYPE : a\r\nSubject: b\r\n', ['field 3-21']],
  ['a boundary before a field', '--b\r\nContent-Type: a\r\n', ['dashes 0-5', 'field 5-22']],
  ['a boundary that is known', '--b--\nx', ['dashes 0-6']],
  ['uuencode', 'begin 644 a\r\n#86)C\r\n', ['uuencode 0-13']],
  ['prose with begin', 'begin 644 a\r\nnot so\r\nbegin the day\r\nTHE END\r\n', []],
  ['base64 between begin and end', 'begin-base64 644 a\nQUJD\n', ['base64 0-19']],
  ['yEnc', '=ybegin line=128 name=a\r\nx', ['yenc 0-25']],
  ['BinHex', '(This file must be converted with BinHex 4.0)\r\n', ['binhex 0-47']],
  ['a line at the end', 'x\nMIME-Version: 1.0', ['field 2-20']],
];

for (const [name, text, marks] of cases) {
  test(`${name}: ${marks.join(', ') || 'nothing'}`, () =>
    assert.deepEqual(found(text, 'b'), marks));
}

test('a boundary counts from where its part has content, whatever is known before', () => {
  const lines = Buffer.from('--b\n--b\n--c\n');
  const search = new LineSearch([
    { text: 'b', from: 4 },
    { text: 'c', from: 12 },
  ]);
  search.push(lines);
  assert.deepEqual(
    search.end().map(({ start }) => start),
    [4],
  );
});

test('a long line is looked at once', () => {
  const long = `Content-Type: ${'x'.repeat(5000)}`;
  const marks = marksOf(cut(Buffer.from(`${long}\n${long}`), [500]));
  assert.deepEqual(
    marks.map(({ start }) => start),
    [0, long.length + 1],
  );
});

test('a boundary behind a bare LF is told', () => {
  const [first, second] = marksOf([Buffer.from('a\r\n--b\nc\n--b\n')], ['b']);
  assert.ok(first?.kind === 'dashes' && !first.isAfterBareLf);
  assert.ok(second?.kind === 'dashes' && second.isAfterBareLf);
});

test('any chunking finds the same', () => {
  const text = octetsOf(
    '\r\n',
    '\n',
    '--b',
    'Content-Type: a',
    'begin 644 a\n',
    '#86)C',
    '=ybegin ',
  );
  fc.assert(
    fc.property(text, chunkLengths, (octets, lengths) => {
      assert.deepEqual(marksOf(cut(octets, lengths), ['b']), marksOf([octets], ['b']));
    }),
    { numRuns: 500 },
  );
});

test('more marks than any mail has are told and not kept', () => {
  const search = new LineSearch();
  search.push(Buffer.from('Content-Type: a\n'.repeat(11_000)));
  assert.equal(search.end().length, 10_000);
  assert.ok(search.isFull);
});

test('marks of no use can be forgotten while the search goes on', () => {
  const search = new LineSearch();
  for (let round = 0; round < 30; round += 1) {
    search.push(Buffer.from('Content-Type: a\n'.repeat(500)));
    search.prune(() => false);
  }
  assert.ok(!search.isFull && search.end().length < 1000);
});
