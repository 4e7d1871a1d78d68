import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { beginsSignedData, SignedContent } from '../../../src/message/readings/signed-content.ts';
import { signedMessage } from '../../helpers/files/signed-message.ts';
import { chunkLengths, cut } from '../chunking.ts';

const content = Buffer.from('Content-Type: text/plain\r\n\r\nHello, this is signed.\r\n'.repeat(4));
const ways = ['whole', 'stream'] as const;

function contentOf(octets: Buffer, lengths: readonly number[] = [octets.length || 1]): Buffer {
  const decoder = new SignedContent();
  const pieces = cut(octets, lengths).map((chunk) => decoder.push(chunk));
  return Buffer.concat([...pieces, decoder.end()]);
}

for (const way of ways) {
  test(`content that is signed as a ${way} comes out as it went in`, () => {
    assert.deepEqual(contentOf(signedMessage(content, way)), content);
    assert.ok(beginsSignedData(signedMessage(content, way)));
  });

  test(`any chunking of a ${way} gives the same content`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), chunkLengths, (octets, lengths) => {
        const signed = signedMessage(Buffer.from(octets), way);
        assert.deepEqual(contentOf(signed, lengths), Buffer.from(octets));
      }),
    );
  });

  test(`a ${way} that is cut gives a beginning of the content`, () => {
    const signed = signedMessage(content, way);
    for (let end = 0; end < signed.length; end += 1) {
      const found = contentOf(signed.subarray(0, end));
      assert.deepEqual(found, content.subarray(0, found.length));
    }
  });
}

test('algorithms of no definite length are passed over', () => {
  const signed = signedMessage(content, 'stream').toString('hex');
  // An empty set becomes one with a sequence in it, both without a length.
  const odd = Buffer.from(signed.replace('0201013100', '02010131803080050000000000'), 'hex');
  assert.deepEqual(contentOf(odd), content);
});

test('what is no signature has no content', () => {
  for (const hex of [
    '',
    '30',
    '3003020101',
    '04810141',
    '3080308000',
    '30ff00',
    '1f8148',
    '0480aa',
  ]) {
    assert.equal(contentOf(Buffer.from(hex, 'hex')).length, 0, hex);
  }
});

test('a signature beside its content is no content', () => {
  const detached = signedMessage(Buffer.alloc(0));
  assert.equal(contentOf(detached).length, 0);
});

test('random octets end in peace', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), chunkLengths, (octets, lengths) => {
      const found = contentOf(Buffer.from(octets), lengths);
      assert.ok(found.length <= octets.length);
    }),
  );
});
