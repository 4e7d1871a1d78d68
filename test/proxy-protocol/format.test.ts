import assert from 'node:assert/strict';
import { SocketAddress } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatHeader,
  formatLocalHeader,
  type ProxyVersion,
} from '../../src/proxy-protocol/format.ts';
import type { ProxyHeader } from '../../src/proxy-protocol/header.ts';
import { ProxyHeaderReader } from '../../src/proxy-protocol/header-reader.ts';

function read(octets: Buffer): ProxyHeader | undefined {
  const reader = new ProxyHeaderReader();
  const header = reader.push(octets);
  assert.equal(reader.pending.length, 0);
  return header;
}

function ends(source: string, destination: string) {
  return {
    source: { address: source, port: 56_324 },
    destination: { address: destination, port: 995 },
  };
}

const lines: readonly [source: string, destination: string, line: string][] = [
  ['192.0.2.7', '198.51.100.1', 'PROXY TCP4 192.0.2.7 198.51.100.1 56324 995\r\n'],
  ['2001:db8::7', '2001:db8::1', 'PROXY TCP6 2001:db8::7 2001:db8::1 56324 995\r\n'],
  ['192.0.2.7', '2001:db8::1', 'PROXY TCP6 ::ffff:192.0.2.7 2001:db8::1 56324 995\r\n'],
  ['::ffff:192.0.2.7', '198.51.100.1', 'PROXY TCP4 192.0.2.7 198.51.100.1 56324 995\r\n'],
  ['fe80::7%eth0', 'fe80::1', 'PROXY TCP6 fe80::7 fe80::1 56324 995\r\n'],
  ['unknown', '198.51.100.1', 'PROXY UNKNOWN\r\n'],
];

for (const [source, destination, line] of lines) {
  test(`from ${source} to ${destination}: ${line.trim()}`, () => {
    assert.equal(formatHeader(1, ends(source, destination)).toString('latin1'), line);
  });
}

test('version 2 of an IPv4 connection, octet for octet', () => {
  assert.equal(
    formatHeader(2, ends('192.0.2.7', '198.51.100.1')).toString('hex'),
    '0d0a0d0a000d0a515549540a2111000cc0000207c6336401dc0403e3',
  );
});

test('version 2 of an unknown client has no address', () => {
  const header = formatHeader(2, ends('unknown', '198.51.100.1'));
  assert.equal(header.toString('hex'), '0d0a0d0a000d0a515549540a21000000');
  assert.deepEqual(read(header), { kind: 'unknown', version: 2 });
});

test('a connection of its own is LOCAL in version 2, and names its own ends in version 1', () => {
  const own = ends('192.0.2.7', '198.51.100.1');
  assert.deepEqual(read(formatLocalHeader(2, own)), { kind: 'local', version: 2 });
  assert.deepEqual(formatLocalHeader(1, own), formatHeader(1, own));
});

/** IPv4-mapped IPv6 comes back as IPv4. */
const address = fc
  .oneof(fc.ipV4(), fc.ipV6())
  .filter((text) => !text.includes('.') || !text.includes(':'));

test('any two ends come back from the header as they were', () => {
  const port = fc.integer({ min: 0, max: 65_535 });
  const version = fc.constantFrom<ProxyVersion>(1, 2);
  fc.assert(
    fc.property(version, address, address, port, port, (number, from, to, fromPort, toPort) => {
      const source = { address: from, port: fromPort };
      const destination = { address: to, port: toPort };
      const header = read(formatHeader(number, { source, destination }));
      assert.ok(header?.kind === 'relayed');
      assert.equal(header.version, number);
      assert.deepEqual(header.source.port, fromPort);
      assert.deepEqual(header.destination.port, toPort);
      for (const [given, read] of [
        [from, header.source.address],
        [to, header.destination.address],
      ] as const) {
        assert.deepEqual(plain(read), plain(given));
      }
    }),
    { numRuns: 2000 },
  );
});

function plain(text: string): string {
  const family = text.includes(':') ? 'ipv6' : 'ipv4';
  return new SocketAddress({ address: text, family }).address.replace(/^::ffff:(?=.*\.)/, '');
}
