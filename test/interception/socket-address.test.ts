import assert from 'node:assert/strict';
import { endianness } from 'node:os';
import { test } from 'node:test';
import { parseSocketAddress, socketAddressOctets } from '../../src/interception/socket-address.ts';

/** The family is in the order of this machine. */
function addressOf(family: number, hex: string): Buffer {
  const octets = Buffer.alloc(socketAddressOctets);
  if (endianness() === 'LE') octets.writeUInt16LE(family);
  else octets.writeUInt16BE(family);
  octets.write(hex.replaceAll(' ', ''), 2, 'hex');
  return octets;
}

const cases: readonly (readonly [string, Buffer, ReturnType<typeof parseSocketAddress>])[] = [
  ['IPv4', addressOf(2, '006e c0000201'), { address: '192.0.2.1', port: 110 }],
  ['a high port', addressOf(2, 'ffff 0a000001'), { address: '10.0.0.1', port: 65_535 }],
  [
    'IPv6',
    addressOf(10, '03e3 00000000 20010db8000000000000000000000001 00000000'),
    { address: '2001:db8::1', port: 995 },
  ],
  [
    'IPv6 without any zero',
    addressOf(10, '006e 00000000 20010db8000100020003000400050006 00000000'),
    { address: '2001:db8:1:2:3:4:5:6', port: 110 },
  ],
  ['another family', addressOf(1, '2f746d70'), undefined],
];

for (const [name, octets, expected] of cases) {
  test(`a socket address of the kernel is read: ${name}`, () => {
    const found = parseSocketAddress(octets);
    assert.deepEqual(found && { address: found.address, port: found.port }, expected);
  });
}
