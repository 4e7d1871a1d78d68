import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32c } from '../../src/proxy-protocol/crc32c.ts';

// RFC 3720 appendix B.4, and the check value of the catalogue of CRCs.
const table: readonly [name: string, octets: Buffer, sum: number][] = [
  ['no octet', Buffer.alloc(0), 0],
  ['123456789', Buffer.from('123456789'), 0xe3069283],
  ['32 octets of zero', Buffer.alloc(32), 0x8a9136aa],
  ['32 octets of ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['32 rising octets', Buffer.from(Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e],
];

for (const [name, octets, sum] of table) {
  test(`the checksum of ${name}`, () => {
    assert.equal(crc32c(octets), sum);
  });
}
