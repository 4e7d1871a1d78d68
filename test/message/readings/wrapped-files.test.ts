import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isUuLine, parseUuBegin } from '../../../src/message/readings/uuencode.ts';
import { parseYencBegin } from '../../../src/message/readings/yenc.ts';
import { uuencode, yencode } from '../../helpers/wrapped-files.ts';
import { decode, sameForAllChunkings } from './stages.ts';

const content = fc.uint8Array({ maxLength: 300 }).map((octets) => Buffer.from(octets));

/** What stands behind the first line. */
function body(text: string): string {
  return text.slice(text.indexOf('\n') + 1);
}

test('what was written in uuencode is read back, with either zero and without an end', () => {
  fc.assert(
    fc.property(
      content,
      fc.constantFrom<'`' | ' '>('`', ' '),
      fc.constantFrom<'whole' | 'missing'>('whole', 'missing'),
      (octets, zero, end) => {
        const text = body(uuencode('a', octets, { zero, end }));
        assert.equal(decode({ kind: 'uuencode' }, text), octets.toString('latin1'));
        const cutBlanks = text.replaceAll(/ +(?=\r\n)/g, '');
        if (zero === ' ') {
          assert.equal(decode({ kind: 'uuencode' }, cutBlanks), octets.toString('latin1'));
        }
      },
    ),
  );
});

test('what was written in yEnc is read back, whole and as a piece', () => {
  fc.assert(
    fc.property(content, fc.boolean(), (octets, isPiece) => {
      const text = body(yencode('a', octets, isPiece ? { part: 1, total: 2 } : undefined));
      assert.equal(decode({ kind: 'yenc' }, text), octets.toString('latin1'));
    }),
  );
});

test('uuencode and yEnc are the same for any chunking', () => {
  const block = body(uuencode('a', Buffer.from('some content of a file')));
  sameForAllChunkings({ kind: 'uuencode' }, block, '#86)C\r\n', 'end\r\n', '`\n', 'x');
  sameForAllChunkings({ kind: 'yenc' }, '=yend', '=ypart ', '=y', '=', '\r\n', 'ab', '\n');
});

test('the end of a block ends its decoding', () => {
  assert.equal(decode({ kind: 'uuencode' }, '#86)C\r\n`\r\nend\r\n#86)C\r\n'), 'abc');
  assert.equal(decode({ kind: 'yenc' }, `${'\x8b'}\r\n=yend size=1\r\n${'\x8b'}`), 'a');
});

test('a block of uuencode is told from prose', () => {
  const line = Buffer.from('#86)C');
  assert.deepEqual(parseUuBegin('begin 644 a file.exe'), {
    digits: 'uuencode',
    name: 'a file.exe',
    hasMode: true,
  });
  assert.equal(parseUuBegin('begin  file.exe')?.hasMode, false);
  assert.equal(parseUuBegin('begin-base64 644 x')?.digits, 'base64');
  assert.equal(parseUuBegin('beginning'), undefined);
  assert.ok(isUuLine(line, 'whole'));
  assert.ok(isUuLine(line.subarray(0, 3), 'perhapsCut'));
  assert.ok(!isUuLine(line.subarray(0, 3), 'whole'));
  assert.ok(!isUuLine(Buffer.from('and so it goes on'), 'perhapsCut'));
  assert.ok(!isUuLine(Buffer.from('`'), 'perhapsCut'));
  assert.ok(!isUuLine(Buffer.alloc(0), 'perhapsCut'));
});

test('the first line of yEnc tells the name and whether it is a piece', () => {
  const whole = '=ybegin line=128 size=5 name=a b.zip ';
  assert.deepEqual(parseYencBegin(whole), { name: 'a b.zip', isPiece: false });
  assert.equal(parseYencBegin('=ybegin part=1 total=1 line=128 name=a')?.isPiece, false);
  assert.equal(parseYencBegin('=ybegin part=2 line=128 name=a')?.isPiece, true);
  assert.equal(parseYencBegin('=ybeginning'), undefined);
});
