// Owns the fuzz target of everything that decodes content beside transfer encodings: uuencode, yEnc,
// winmail.dat, compressed RTF, wide charsets, and the other ways to read base64 and quoted-printable.
import assert from 'node:assert/strict';
import { LineSearch } from '../../../src/message/readings/line-search.ts';
import { createStage, type Stage } from '../../../src/message/readings/stage.ts';
import { TnefReader } from '../../../src/message/readings/tnef.ts';
import { uuencode, yencode } from '../../helpers/wrapped-files.ts';
import { type FuzzTarget, sameForAllChunkings, smallChunks } from '../target.ts';

const stages: readonly Stage[] = [
  { kind: 'uuencode' },
  { kind: 'yenc' },
  { kind: 'compressedRtf' },
  { kind: 'wideText', charset: 'utf-7' },
  { kind: 'wideText', charset: 'utf-16le' },
  { kind: 'base64', variant: 'ignoresPadding' },
  { kind: 'base64', variant: 'stopsAtPadding' },
  { kind: 'base64', variant: 'skipsForeignLines' },
  { kind: 'quotedPrintable', variant: 'strict' },
  { kind: 'quotedPrintable', variant: 'dropsEscape' },
  { kind: 'lineEnds', variant: 'crEndsLine' },
  { kind: 'lineEnds', variant: 'lfEndsNoLine' },
  { kind: 'boundary', rule: { boundary: 'b', behind: 'anything', writtenAs: 'c' } },
];

// A line of uuencode that has lost its blanks is two octets, and says that it stands for up to 63.
const mostGrowth = 64;

function run(stage: Stage, chunks: readonly Buffer[]): Buffer {
  const step = createStage(stage);
  const pieces = chunks.map((chunk) => Buffer.from(step.push(chunk)));
  return Buffer.concat([...pieces, step.end()]);
}

function outline(chunks: readonly Buffer[]): unknown {
  const reader = new TnefReader();
  for (const chunk of chunks) reader.push(chunk);
  return reader.end();
}

function marks(chunks: readonly Buffer[]): unknown {
  const search = new LineSearch([{ text: 'b', from: 0 }]);
  for (const chunk of chunks) search.push(chunk);
  return search.end();
}

function bodyOf(text: string): Buffer {
  return Buffer.from(text.slice(text.indexOf('\n') + 1), 'latin1');
}

export const wrappedFiles: FuzzTarget = {
  name: 'wrapped-files',
  dictionary: [
    'begin 644 a\r\n',
    '#86)C\r\n',
    '`\r\nend\r\n',
    '=ybegin part=1 total=2 line=128 name=a\r\n',
    '=ypart begin=1 end=3\r\n',
    '=yend size=3\r\n',
    '\x78\x9f\x3e\x22\x01\x00',
    '\x02\x0f\x80\x06\x00\x03\x00\x00\x00abc\x26\x01',
    '\x02\x05\x90\x06\x00',
    '\x01\x03\x90\x06\x00',
    '\x1f\x00\x07\x37',
    '\x0d\x00\x01\x37',
    'LZFu',
    '+ADw-',
    '+2D3cAA-',
    '\xff\xfe',
    '--b junk\r\n',
    'QQ==',
    '=3d',
    '= \r\n',
  ],
  check(input) {
    for (const stage of stages) {
      const octets = sameForAllChunkings(input, (chunks) => run(stage, chunks));
      assert.ok(octets.length <= mostGrowth * (input.length + 1), stage.kind);
    }
    sameForAllChunkings(input, outline);
    sameForAllChunkings(input, marks);
    const uu = run({ kind: 'uuencode' }, [bodyOf(uuencode('a', input))]);
    assert.deepEqual(uu, input);
    assert.deepEqual(run({ kind: 'yenc' }, [bodyOf(yencode('a', input))]), input);
  },
  exercise(input) {
    for (const stage of stages) run(stage, smallChunks(input));
    outline(smallChunks(input));
    marks(smallChunks(input));
  },
};
