import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32c } from '../../src/proxy-protocol/crc32c.ts';
import { parseVersion2, version2Length } from '../../src/proxy-protocol/version-2.ts';

const signatureHex = '0d0a0d0a000d0a515549540a';

/** The length is added. */
function version2(commandHex: string, familyHex: string, bodyHex = ''): Buffer {
  const body = Buffer.from(bodyHex, 'hex');
  const length = body.length.toString(16).padStart(4, '0');
  return Buffer.concat([
    Buffer.from(`${signatureHex}${commandHex}${familyHex}${length}`, 'hex'),
    body,
  ]);
}

function fact(type: number, value: string | Buffer): string {
  const octets = Buffer.from(value);
  const start = Buffer.from([type, octets.length >> 8, octets.length & 0xff]);
  return Buffer.concat([start, octets]).toString('hex');
}

function parse(header: Buffer) {
  assert.equal(version2Length(header), header.length);
  return parseVersion2(header);
}

// 192.0.2.7 port 56324 to 198.51.100.1 port 995.
const ipv4 = 'c0000207c6336401dc0403e3';
// [2001:db8::7] port 1 to [2001:db8::1] port 995.
const ipv6 = '20010db800000000000000000000000720010db8000000000000000000000001000103e3';

test('TCP over IPv4 names both ends', () => {
  assert.deepEqual(parse(version2('21', '11', ipv4)), {
    kind: 'relayed',
    version: 2,
    source: { address: '192.0.2.7', port: 56_324 },
    destination: { address: '198.51.100.1', port: 995 },
    authority: undefined,
    tls: undefined,
  });
});

test('TCP over IPv6 names both ends', () => {
  const header = parse(version2('21', '21', ipv6));
  assert.ok(header.kind === 'relayed');
  assert.deepEqual(header.source, { address: '2001:db8::7', port: 1 });
  assert.deepEqual(header.destination, { address: '2001:db8::1', port: 995 });
});

test('a mapped address is written as the IPv4 address that it is', () => {
  const mapped = '00000000000000000000ffffc0000207';
  const header = parse(version2('21', '21', `${mapped}${mapped}000103e3`));
  assert.ok(header.kind === 'relayed');
  assert.deepEqual(header.source, { address: '192.0.2.7', port: 1 });
});

const unrelayed: readonly [name: string, kind: string, header: Buffer][] = [
  ['LOCAL', 'local', version2('20', '00')],
  ['LOCAL with addresses', 'local', version2('20', '11', ipv4)],
  ['LOCAL of an unheard-of family', 'local', version2('20', 'ff', 'aabbcc')],
  ['an unspecified family', 'unknown', version2('21', '00')],
  ['an unspecified family with octets', 'unknown', version2('21', '00', 'ffff')],
  ['a Unix stream', 'unknown', version2('21', '31', '00'.repeat(216))],
];

for (const [name, kind, header] of unrelayed) {
  test(`${name} leaves the ends of the connection as they are`, () => {
    assert.deepEqual(parse(header), { kind, version: 2 });
  });
}

const tlsFact = (client: number, inner: string): string =>
  fact(0x20, Buffer.concat([Buffer.from([client, 0, 0, 0, 0]), Buffer.from(inner, 'hex')]));

test('the name that the client asked for and its TLS are read, other facts are skipped', () => {
  const facts = [
    fact(0x01, 'pop3'),
    fact(0x02, 'Mail.Example.org'),
    fact(0x04, '\0\0'),
    tlsFact(0x01, fact(0x21, 'TLSv1.3') + fact(0x22, 'client') + fact(0x23, 'TLS_AES_256')),
    fact(0xea, 'vpce-0123'),
    fact(0x30, ''),
  ];
  const header = parse(version2('21', '11', ipv4 + facts.join('')));
  assert.ok(header.kind === 'relayed');
  assert.equal(header.authority, 'mail.example.org');
  assert.deepEqual(header.tls, { protocol: 'TLSv1.3', cipher: 'TLS_AES_256' });
});

test('a client that spoke plain text with the sender has no TLS', () => {
  const header = parse(version2('21', '11', ipv4 + tlsFact(0x06, fact(0x21, 'TLSv1.3'))));
  assert.ok(header.kind === 'relayed');
  assert.equal(header.tls, undefined);
});

test('facts that would spoil a log are left out', () => {
  const words = fact(0x21, 'TLS\x1b[31m') + fact(0x23, 'x'.repeat(65));
  for (const name of ['a b', 'a\n', '', '.', 'a..b', `${'a'.repeat(64)}.org`, '\xff', '::1']) {
    const facts = fact(0x02, name) + tlsFact(0x01, words);
    const header = parse(version2('21', '11', ipv4 + facts));
    assert.ok(header.kind === 'relayed');
    assert.equal(header.authority, undefined, name);
    assert.deepEqual(header.tls, { protocol: undefined, cipher: undefined });
  }
});

/** With a checksum over all of it as its last fact. */
function summed(flipped: number): Buffer {
  const header = version2('21', '11', ipv4 + fact(0x02, 'a.org') + fact(0x03, Buffer.alloc(4)));
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE((crc32c(header) ^ flipped) >>> 0);
  sum.copy(header, header.length - 4);
  return header;
}

test('a checksum that is right is accepted', () => {
  assert.equal(parse(summed(0)).kind, 'relayed');
});

const refused: readonly [name: string, header: Buffer][] = [
  ['a checksum that is wrong', summed(0x100)],
  ['a checksum of three octets', version2('21', '11', ipv4 + fact(0x03, 'abc'))],
  ['two checksums', version2('21', '11', ipv4 + fact(0x03, 'abcd') + fact(0x03, 'abcd'))],
  ['version 1 in binary', version2('11', '11', ipv4)],
  ['version 3', version2('31', '11', ipv4)],
  ['an unheard-of command', version2('22', '11', ipv4)],
  ['UDP over IPv4', version2('21', '12', ipv4)],
  ['UDP over IPv6', version2('21', '22', ipv6)],
  ['Unix datagrams', version2('21', '32', '00'.repeat(216))],
  ['an unheard-of family', version2('21', '41', ipv4)],
  ['an unheard-of transport', version2('21', '13', ipv4)],
  ['IPv4 without a transport', version2('21', '10', ipv4)],
  ['IPv4 addresses cut short', version2('21', '11', ipv4.slice(2))],
  ['IPv6 with addresses of IPv4', version2('21', '21', ipv4)],
  ['a Unix stream without addresses', version2('21', '31', '00'.repeat(215))],
  ['a fact without a length', version2('21', '11', `${ipv4}0400`)],
  ['a fact longer than the header', version2('21', '11', `${ipv4}040004aabbcc`)],
  ['facts about TLS cut short', version2('21', '11', ipv4 + fact(0x20, '\x01\0\0\0'))],
  ['facts within those cut short', version2('21', '11', ipv4 + tlsFact(0x01, '2100ff41'))],
  ['more than 2048 octets', version2('21', '11', ipv4 + '00'.repeat(2048 - 16 - 12 + 1))],
];

for (const [name, header] of refused) {
  test(`${name} is refused`, () => {
    assert.throws(() => parse(header), { code: 'PROXY_HEADER_INVALID' });
  });
}

test('2048 octets are not too long', () => {
  const padding = fact(0x04, Buffer.alloc(2048 - 16 - 12 - 3));
  assert.equal(parse(version2('21', '11', ipv4 + padding)).kind, 'relayed');
});
