import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CompressedRtf } from '../../../src/message/readings/compressed-rtf.ts';
import { type WideCharset, wideCharsetOf } from '../../../src/message/readings/wide-text.ts';
import { utf7 } from '../../helpers/wrapped-files.ts';
import { decode, run, sameForAllChunkings } from './stages.ts';

const labels: readonly (readonly [label: string, charset: WideCharset | undefined])[] = [
  ['UTF-7', 'utf-7'],
  ['unicode-1-1-utf-7', 'utf-7'],
  ['utf-16', 'utf-16be'],
  ['UTF-16LE', 'utf-16le'],
  ['ISO-10646-UCS-2', 'utf-16be'],
  ['utf-8', undefined],
  ['', undefined],
];

for (const [label, charset] of labels) {
  test(`the charset ${JSON.stringify(label)} ${charset === undefined ? 'hides' : 'may hide'} text`, () => {
    assert.equal(wideCharsetOf(label), charset);
  });
}

test('UTF-7 is read, shifted or not', () => {
  const stage = { kind: 'wideText', charset: 'utf-7' } as const;
  assert.equal(decode(stage, '+ADw-script+AD4-'), '<script>');
  assert.equal(decode(stage, '1 +- 1 +AGE.'), '1 + 1 a.');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
      assert.equal(run(stage, [Buffer.from(utf7(text))]).toString('utf8'), text.toWellFormed());
    }),
  );
  sameForAllChunkings(stage, '+', '-', 'ADw', '2D3cCg', 'a', '.');
});

test('UTF-16 is read in the order of its label, or of its mark', () => {
  const read = (charset: WideCharset, octets: Buffer): string =>
    run({ kind: 'wideText', charset }, [octets]).toString('utf8');
  assert.equal(read('utf-16le', Buffer.from('<a>', 'utf16le')), '<a>');
  assert.equal(read('utf-16be', Buffer.from('<a>', 'utf16le').swap16()), '<a>');
  assert.equal(read('utf-16be', Buffer.from('\ufeff<a>', 'utf16le')), '<a>');
  assert.equal(read('utf-16le', Buffer.from([0x3c])), '');
  sameForAllChunkings({ kind: 'wideText', charset: 'utf-16le' }, '<\0', '\xff\xfe', '\xd8', 'a');
});

// The example of [MS-OXRTFCP] s.3.1: a reference that goes over what it writes.
const compressed = Buffer.from(
  '2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232' +
    '0af32068656c090020627705b06c647d0a800fa0',
  'hex',
);
const rtf = '{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n';

test('compressed RTF is unpacked', () => {
  assert.equal(run({ kind: 'compressedRtf' }, [compressed]).toString('latin1'), rtf);
});

test('RTF that says it is not compressed is left alone', () => {
  const plain = Buffer.concat([Buffer.alloc(8), Buffer.from('MELA'), Buffer.alloc(4)]);
  const whole = Buffer.concat([plain, Buffer.from('{\\rtf1}')]);
  assert.equal(run({ kind: 'compressedRtf' }, [whole]).toString(), '{\\rtf1}');
});

test('compressed RTF is the same for any chunking, also when damaged', () => {
  const text = compressed.toString('latin1');
  sameForAllChunkings({ kind: 'compressedRtf' }, text, text.slice(0, 16), '\x0a', '\0', 'x');
  assert.equal(new CompressedRtf().end().length, 0);
});
