import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FileBundle } from '../../../src/message/readings/file-bundle.ts';
import { createStages } from '../../../src/message/readings/stage.ts';
import { cut } from '../chunking.ts';
import { decode, sameForAllChunkings } from './stages.ts';

test('a bare CR becomes a line end, CR CR LF stays one', () => {
  const stage = { kind: 'lineEnds', variant: 'crEndsLine' } as const;
  assert.equal(decode(stage, 'a\rb\r\nc\r\r\nd\r\re\r'), 'a\r\nb\r\nc\r\nd\r\n\r\ne\r\n');
  sameForAllChunkings(stage, '\r', '\n', '\r\n', 'a');
});

test('a bare LF becomes a blank', () => {
  const stage = { kind: 'lineEnds', variant: 'lfEndsNoLine' } as const;
  assert.equal(decode(stage, 'a\nb\r\nc\n\n'), 'a b\r\nc  ');
  sameForAllChunkings(stage, '\r', '\n', '\r\n', 'a');
});

const rewritten: readonly (readonly [
  behind: 'blanks' | 'anything',
  before: string,
  after: string,
])[] = [
  ['blanks', '--b \t\r\nx\r\n--b-- \r\n--bb\r\n', '--new\r\nx\r\n--new--\r\n--bb\r\n'],
  ['anything', '--b junk\n--bb\n--b--x\n-b', '--new\r\n--new\r\n--new--\r\n-b'],
  ['blanks', 'x--b\n--b', 'x--b\n--new\r\n'],
];

for (const [behind, before, after] of rewritten) {
  test(`boundary lines with ${behind} behind: ${JSON.stringify(before)}`, () => {
    const rule = { boundary: 'b', behind, writtenAs: 'new' };
    assert.equal(decode({ kind: 'boundary', rule }, before), after);
  });
}

test('an empty boundary is rewritten where nothing but hyphens stands', () => {
  const rule = { boundary: '', behind: 'blanks', writtenAs: 'new' } as const;
  assert.equal(decode({ kind: 'boundary', rule }, '--\n--x\n----\n'), '--new\r\n--x\n--new--\r\n');
});

test('the rewriting of boundaries is the same for any chunking', () => {
  for (const behind of ['blanks', 'anything'] as const) {
    const rule = { boundary: 'b', behind, writtenAs: 'new' };
    sameForAllChunkings({ kind: 'boundary', rule }, '--b', '--', '\r\n', 'x', ' ', '\n');
  }
});

test('a boundary line too long to be held is rewritten, its rest dropped', () => {
  const rule = { boundary: 'b', behind: 'anything', writtenAs: 'new' } as const;
  const stage = createStages([{ kind: 'boundary', rule }]);
  const chunks = cut(Buffer.from(`--b${'x'.repeat(5000)}\r\ntext\r\n`), [700]);
  const octets = Buffer.concat([...chunks.map((chunk) => stage.push(chunk)), stage.end()]);
  assert.equal(octets.toString(), '--new\r\ntext\r\n');
});

test('files of a stream become parts, each decoded by its own steps', () => {
  const file = (start: number, end: number, header: string) => ({
    start,
    end,
    header: Buffer.from(`${header}\r\n\r\n`),
    stages: [{ kind: 'base64', variant: 'stopsAtPadding' } as const],
  });
  const files = [file(2, 6, 'A: 1'), file(6, 10, 'A: 2'), file(12, 99, 'A: 3')];
  const stage = { kind: 'bundle', files, boundary: 'b' } as const;
  const expected =
    '--b\r\nA: 1\r\n\r\nABC\r\n--b\r\nA: 2\r\n\r\nDEF\r\n--b\r\nA: 3\r\n\r\nGHI\r\n--b--\r\n';
  assert.equal(decode(stage, 'xxQUJDREVG==R0hJ'), expected);
  sameForAllChunkings(stage, 'QUJD', 'xx', '=');
  assert.equal(new FileBundle([], 'b').end().toString(), '--b--\r\n');
});

test('steps run one behind another, and what the last octets give is not lost', () => {
  const stages = createStages([
    { kind: 'transferEncoding', encoding: 'base64' },
    { kind: 'transferEncoding', encoding: 'quoted-printable' },
  ]);
  const octets = [stages.push(Buffer.from('PTQxPTQ')), stages.end()];
  assert.equal(Buffer.concat(octets).toString(), 'A=4');
});
