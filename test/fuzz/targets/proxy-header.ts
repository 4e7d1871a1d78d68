// Owns the fuzz target of PROXY headers: where they end, and that what was read is written the same.
import assert from 'node:assert/strict';
import { AppError } from '../../../src/base/errors.ts';
import { formatHeader } from '../../../src/proxy-protocol/format.ts';
import type { ProxyHeader } from '../../../src/proxy-protocol/header.ts';
import { ProxyHeaderReader } from '../../../src/proxy-protocol/header-reader.ts';
import { type FuzzTarget, sameForAllChunkings, smallChunks } from '../target.ts';

interface Outcome {
  readonly header: ProxyHeader | undefined;
  readonly rest: string;
  readonly refused: string;
}

function read(chunks: readonly Buffer[]): Outcome {
  const reader = new ProxyHeaderReader();
  for (const [index, chunk] of chunks.entries()) {
    try {
      const header = reader.push(chunk);
      if (header === undefined) continue;
      const rest = Buffer.concat([reader.pending, ...chunks.slice(index + 1)]);
      return { header, rest: rest.toString('latin1'), refused: '' };
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === 'PROXY_HEADER_INVALID', String(error));
      return { header: undefined, rest: '', refused: String(error.details['reason']) };
    }
  }
  assert.ok(reader.pending.length < 2048, 'more is kept than the longest header');
  return { header: undefined, rest: reader.pending.toString('latin1'), refused: '' };
}

export const proxyHeader: FuzzTarget = {
  name: 'proxy-header',
  dictionary: [
    'PROXY ',
    'TCP4 192.0.2.7 198.51.100.1 1 2',
    'TCP6 2001:db8::7 ::1 1 2',
    '::ffff:192.0.2.7',
    'UNKNOWN',
    ' ',
    '\r\n',
    '\r\n\r\n\0\r\nQUIT\n',
    '\x21\x11\0\x0c',
    '\x21\x21\0\x24',
    '\x20\0\0\0',
    '\x02\0\x05a.org',
    '\x03\0\x04',
    '\x20\0\x0d\x01\0\0\0\0\x21\0\x05TLSv1',
    '\0',
    '65536',
    '01',
  ],
  check(input) {
    const { header, rest } = sameForAllChunkings(input, read);
    assert.ok(input.toString('latin1').endsWith(rest), 'what follows the header has changed');
    if (header === undefined) return;
    const octets = input.length - rest.length;
    assert.ok(octets <= (header.version === 1 ? 107 : 2048), 'a header beyond its limit');
    if (header.kind !== 'relayed') return;
    const again = read([formatHeader(header.version, header)]);
    assert.deepEqual(again.header, { ...header, authority: undefined, tls: undefined });
  },
  exercise(input) {
    for (const chunks of [[input], smallChunks(input)]) read(chunks);
  },
};
