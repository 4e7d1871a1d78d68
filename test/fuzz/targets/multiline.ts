// Owns the fuzz target of dot-stuffing, against a model in regular expressions over the whole response.
import assert from 'node:assert/strict';
import { MultilineDecoder, MultilineEncoder } from '../../../src/pop3/multiline.ts';
import { type FuzzTarget, sameForAllChunkings, smallChunks } from '../target.ts';

interface Decoded {
  readonly content: string;
  /** What follows the terminator. */
  readonly surplus: string;
  readonly isEnded: boolean;
}

function decode(chunks: readonly Buffer[]): Decoded {
  const decoder = new MultilineDecoder();
  const content: Buffer[] = [];
  const surplus: Buffer[] = [];
  for (const chunk of chunks) {
    const used = decoder.push(chunk, (slice) => {
      assert.ok(slice.length > 0, 'an empty slice');
      content.push(Buffer.from(slice));
    });
    assert.ok(used === chunk.length || decoder.isEnded, 'octets left over before the end');
    surplus.push(chunk.subarray(used));
  }
  return {
    content: Buffer.concat(content).toString('latin1'),
    surplus: Buffer.concat(surplus).toString('latin1'),
    isEnded: decoder.isEnded,
  };
}

function encode(chunks: readonly Buffer[]): string {
  const encoder = new MultilineEncoder();
  const wire = chunks.flatMap((chunk) => encoder.encode(chunk));
  return Buffer.concat([...wire, encoder.end()]).toString('latin1');
}

/** Undefined while there is no terminator. */
function modelOfDecode(wire: string): Decoded | undefined {
  const end = /(?:^|(?<=\r\n))\.\r\n/.exec(wire);
  if (end === null) return undefined;
  const content = wire
    .slice(0, end.index)
    // In a line between lone CRs or LFs, one of several dots; then the one after each CRLF.
    .replaceAll(/(?<=(?<!\r)\n\.*|\r\.*)(?<=\.)\.(?=[\r\n])/g, '')
    .replaceAll(/(?:^|(?<=\r\n))\./g, '');
  return { content, surplus: wire.slice(end.index + end[0].length), isEnded: true };
}

export const multiline: FuzzTarget = {
  name: 'multiline',
  dictionary: ['\r\n', '\r\n.\r\n', '\r\n.', '\r\n..', '\n.', '\n.\n', '\r.', '\r.\r', '..', '+OK'],
  check(input) {
    const text = input.toString('latin1');
    const decoded = sameForAllChunkings(input, decode);
    assert.ok(decoded.content.length + decoded.surplus.length <= input.length);
    const expected = modelOfDecode(text);
    assert.equal(decoded.isEnded, expected !== undefined);
    if (expected !== undefined) assert.deepEqual(decoded, expected);

    const wire = sameForAllChunkings(input, encode);
    assert.equal(wire.search(/(?:^|\r\n)\.\r\n/), Math.max(0, wire.length - '\r\n.\r\n'.length));
    const content = text === '' || text.endsWith('\r\n') ? text : `${text}\r\n`;
    const again = decode([Buffer.from(wire, 'latin1')]);
    assert.deepEqual(again, { content, surplus: '', isEnded: true });
  },
  exercise(input) {
    for (const chunks of [[input], smallChunks(input)]) {
      const decoder = new MultilineDecoder();
      const encoder = new MultilineEncoder();
      for (const chunk of chunks) {
        decoder.push(chunk, () => {});
        encoder.encode(chunk);
      }
    }
  },
};
