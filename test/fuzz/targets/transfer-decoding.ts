// Owns the fuzz target of transfer decoders, against models that have the whole content at once.
import assert from 'node:assert/strict';
import {
  createTransferDecoder,
  transferEncodingToken,
} from '../../../src/message/transfer-decoding.ts';
import { type FuzzTarget, sameForAllChunkings, smallChunks } from '../target.ts';

function decode(encoding: string, chunks: readonly Buffer[]): Buffer {
  const decoder = createTransferDecoder(encoding);
  // Copied at once: output must not be written over later, and need not outlive the next call.
  const pieces = chunks.map((chunk) => Buffer.from(decoder.push(chunk)));
  return Buffer.concat([...pieces, decoder.end()]);
}

/** Padding ends a group; what is no digit does not count. */
function modelOfBase64(text: string): Buffer {
  const groups = text.replaceAll(/[^A-Za-z0-9+/=]/g, '').split('=');
  return Buffer.concat(groups.map((group) => Buffer.from(group, 'base64')));
}

/** A soft break may have blanks before its line end and may be the last thing of all. */
function modelOfQuotedPrintable(text: string): Buffer {
  const decoded = text.replaceAll(
    /=(?:([0-9A-Fa-f]{2})|[ \t]*(?:\r?\n|\r?$))/g,
    (_, hex: string | undefined) =>
      hex === undefined ? '' : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(decoded, 'latin1');
}

function encodeQuotedPrintable(content: Buffer): string {
  const octets = [...content].map((octet) => `=${octet.toString(16).padStart(2, '0')}`);
  return octets.map((octet, index) => (index % 7 === 6 ? `${octet}= \r\n` : octet)).join('');
}

export const transferDecoding: FuzzTarget = {
  name: 'transfer-decoding',
  dictionary: [
    '=',
    '==',
    'QQ==',
    'QUJD',
    '\r\n',
    '=\r\n',
    '= \t\r\n',
    '=41',
    '=4',
    '=3D',
    '\n',
    ' ',
  ],
  check(input) {
    const text = input.toString('latin1');
    const fromBase64 = sameForAllChunkings(input, (chunks) => decode('base64', chunks));
    assert.deepEqual(fromBase64, modelOfBase64(text));
    const fromQuoted = sameForAllChunkings(input, (chunks) => decode('quoted-printable', chunks));
    assert.deepEqual(fromQuoted, modelOfQuotedPrintable(text));
    assert.deepEqual(decode('8bit', [input]), input);

    const base64 = input.toString('base64').replaceAll(/.{76}/g, '$&\r\n');
    assert.deepEqual(decode('base64', [Buffer.from(base64)]), input);
    assert.deepEqual(
      decode('quoted-printable', [Buffer.from(encodeQuotedPrintable(input))]),
      input,
    );

    const token = transferEncodingToken(text);
    if (token !== undefined) assert.match(token, /^[a-z0-9-]+$/);
  },
  exercise(input) {
    for (const encoding of ['base64', 'quoted-printable']) {
      decode(encoding, [input]);
      decode(encoding, smallChunks(input));
    }
    transferEncodingToken(input.toString('latin1'));
  },
};
