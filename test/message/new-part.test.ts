import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundaryGuard } from '../../src/message/boundary-guard.ts';
import { type PartDraft, writePart } from '../../src/message/new-part.ts';

const written = (draft: PartDraft) => {
  const { fields, content } = writePart(draft, new BoundaryGuard([]));
  return [...fields.map(({ value }) => value), content.toString('latin1')];
};

const parts: readonly (readonly [string, PartDraft, readonly string[]])[] = [
  [
    'text is inline, in UTF-8, with CRLF',
    { contentType: 'text/html', content: '<p>\n' },
    ['text/html; charset=utf-8', '7bit', 'inline', '<p>\r\n'],
  ],
  [
    'text with a file name is an attachment',
    { contentType: 'TEXT/plain', content: 'x', fileName: 'a.txt' },
    ['text/plain; charset=utf-8', '7bit', 'attachment; filename="a.txt"', 'x'],
  ],
  [
    'octets of text are UTF-8',
    { contentType: 'text/plain', content: Buffer.from([0x61, 0xff]), disposition: 'attachment' },
    ['text/plain; charset=utf-8', 'base64', 'attachment', 'Ye+/vQ=='],
  ],
  [
    'everything else is base64, octet for octet',
    { contentType: 'application/pdf', content: 'a\nb', disposition: 'inline', fileName: 'a' },
    ['application/pdf', 'base64', 'inline; filename="a"', 'YQpi'],
  ],
];

for (const [name, draft, expected] of parts) {
  test(name, () => assert.deepEqual(written(draft), expected));
}

test('what is no type, or has parts of its own, is refused', () => {
  const types = [
    '',
    'text',
    'text/',
    'text/plain\r\nX: y',
    'text/plain; a=b',
    'a b/c',
    'message/rfc822',
  ];
  for (const contentType of [...types, 'multipart/mixed', `text/${'x'.repeat(200)}`]) {
    assert.throws(() => written({ contentType, content: '' }), { code: 'BODY_EDIT_INVALID' });
  }
});
