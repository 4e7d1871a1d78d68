import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeaderBlock } from '../../../src/message/header-block.ts';
import {
  headerVariants,
  variantsOfAnyHeader,
} from '../../../src/message/readings/header-variants.ts';
import { isPlainHeader } from '../../../src/message/readings/plain-header.ts';
import { ambiguousMessages } from '../../helpers/ambiguous-messages.ts';

const blockOf = (text: string): HeaderBlock => new HeaderBlock(Buffer.from(text, 'latin1'));

const isPlain = (text: string): boolean => {
  return isPlainHeader(blockOf(text).split());
};

test('the headers of ordinary mail are plain', () => {
  for (const text of [
    'From: a@example.org\r\nSubject: x\r\n\r\n',
    'Subject: two\r\n\tlines\r\nContent-Type: text/plain;\r\n charset=utf-8\r\n\r\n',
    'Content-Type: TEXT/HTML\nContent-Transfer-Encoding: Quoted-Printable\n\n',
    'X-Spam2: caf\xe9\r\nContent-Language: de\r\n\r\n',
    '',
    '\r\n',
  ]) {
    assert.ok(isPlain(text), JSON.stringify(text));
  }
});

const fragment = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      'Subject: x\r\n',
      'X-A_1: y\r\n folded\r\n',
      'Content-Type: text/plain\r\n',
      'Content-Type: multipart/mixed;\r\n\tboundary=b\r\n',
      'content-transfer-encoding: BASE64\r\n',
      'Content-Transfer-Encoding: 8bit\n',
      'Content-Disposition: attachment; filename=a\r\n',
      'Content-Description: \r\n',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'Content-Type : text/plain\r\n',
      'Content-Type\r\n : text/plain\r\n',
      'Content-Type1: text/plain\r\n',
      '\xe9Content-Type: text/plain\r\n',
      'Content Type: text/plain\r\n',
      'Content-Type: =?utf-8?q?text/html?=\r\n',
      'Content-Transfer-Encoding: base64 (x)\r\n',
      'Content-Transfer-Encoding: "base64"\r\n',
      'boundary="b"\r\n',
      'From a@example.org\r\n',
      ' \t\r\n',
      ' \r\r\n',
      'Content-Type: te\0xt\r\n',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom(...'\r\n\t :\0\xe9;=a'.split('')) },
);

test('a plain header has no variants', () => {
  let plain = 0;
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 8 }), (fragments) => {
      const block = blockOf(`${fragments.join('')}\r\n`);
      assert.deepEqual(headerVariants(block), variantsOfAnyHeader(block));
      if (isPlainHeader(block.split())) plain += 1;
    }),
    { numRuns: 10_000 },
  );
  assert.ok(plain > 500, `${plain} headers were plain`);
});

test('no header that programs read differently is plain', () => {
  for (const { name, octets } of ambiguousMessages()) {
    const text = octets.toString('latin1');
    const block = blockOf(text.slice(0, text.indexOf('\r\n\r\n') + 4));
    assert.deepEqual(headerVariants(block), variantsOfAnyHeader(block), name);
  }
});
