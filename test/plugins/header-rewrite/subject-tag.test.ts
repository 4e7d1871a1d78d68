import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { tagSubject } from '../../../plugins/header-rewrite/subject-tag.ts';
import { HeaderBlock, HeaderEdits } from '../../../src/message/header-block.ts';

function editsOf(subject: string): HeaderEdits {
  return new HeaderEdits(new HeaderBlock(Buffer.from(`Subject:${subject}\r\n\r\n`, 'latin1')));
}

const word = fc.constantFrom(
  'Hello',
  '=?utf-8?Q?Gr=C3=BC=C3=9Fe?=',
  '=?iso-8859-1?B?R3L83w==?=',
  '=?broken',
  '?=',
  '(a)',
  'long-word-'.repeat(12),
);
const gap = fc.constantFrom(' ', '  ', '\t', '\r\n ', '\r\n\t ');

test('behind the tag stands every character that the sender wrote', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(gap, word), { maxLength: 12 }), (pairs) => {
      const edits = editsOf(pairs.flat().join(''));
      const before = edits.get('Subject') ?? '';
      tagSubject(edits, '[SPAM] ');
      assert.equal(edits.get('Subject'), `[SPAM] ${before}`.trimEnd());
    }),
  );
});

test('any octets at all can be tagged, and a second time changes nothing', () => {
  const anyOctets = fc.uint8Array({ maxLength: 300 }).map((octets) =>
    Buffer.from(octets)
      .toString('latin1')
      .replaceAll(/[\r\n]/g, ' '),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        anyOctets,
        fc.tuple(word, anyOctets, word).map((all) => all.join('')),
      ),
      (subject) => {
        const edits = editsOf(subject);
        tagSubject(edits, '[Werbung ⚠] ');
        const once = edits.toBuffer();
        assert.ok(edits.text('Subject')?.startsWith('[Werbung ⚠]'));
        tagSubject(edits, '[Werbung ⚠] ');
        assert.deepEqual(edits.toBuffer(), once);
      },
    ),
  );
});
