import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseVersion1 } from '../../src/proxy-protocol/version-1.ts';

function parse(line: string) {
  return parseVersion1(Buffer.from(line, 'latin1'));
}

const relayed: readonly [line: string, source: string, destination: string][] = [
  ['PROXY TCP4 192.0.2.7 198.51.100.1 56324 110', '192.0.2.7 56324', '198.51.100.1 110'],
  ['PROXY TCP4 0.0.0.0 255.255.255.255 0 65535', '0.0.0.0 0', '255.255.255.255 65535'],
  ['PROXY TCP6 2001:DB8::7 2001:db8:0:0::1 1 995', '2001:db8::7 1', '2001:db8::1 995'],
  [
    'PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff :: 65535 65535',
    'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535',
    ':: 65535',
  ],
  ['PROXY TCP6 ::ffff:192.0.2.7 2001:db8::1 5 995', '192.0.2.7 5', '2001:db8::1 995'],
];

for (const [line, source, destination] of relayed) {
  test(`${line} names both ends`, () => {
    const header = parse(line);
    assert.ok(header.kind === 'relayed');
    assert.equal(`${header.source.address} ${header.source.port}`, source);
    assert.equal(`${header.destination.address} ${header.destination.port}`, destination);
    assert.deepEqual([header.version, header.authority, header.tls], [1, undefined, undefined]);
  });
}

const unknown: readonly string[] = [
  'PROXY UNKNOWN',
  'PROXY UNKNOWN ',
  'PROXY UNKNOWN ffff:: ffff:: 65535 65535',
  'PROXY UNKNOWN TCP4 \xff\0 anything',
];

for (const line of unknown) {
  test(`${JSON.stringify(line)} tells of no client`, () => {
    assert.deepEqual(parse(line), { kind: 'unknown', version: 1 });
  });
}

const refused: readonly string[] = [
  'PROXY ',
  'PROXY  TCP4 192.0.2.7 198.51.100.1 1 2',
  'PROXY TCP4  192.0.2.7 198.51.100.1 1 2',
  'PROXY TCP4 192.0.2.7 198.51.100.1 1  2',
  'PROXY TCP4 192.0.2.7 198.51.100.1 1 2 ',
  'PROXY TCP4 192.0.2.7 198.51.100.1 1 2 3',
  'PROXY TCP4 192.0.2.7 198.51.100.1 1',
  'PROXY TCP4 192.0.2.7\t198.51.100.1 1 2',
  'PROXY TCP4 192.0.2.7 198.51.100.1 1 2\r',
  'PROXY TCP4 192.0.2.7 198.51.100.1 01 2',
  'PROXY TCP4 192.0.2.7 198.51.100.1 1 65536',
  'PROXY TCP4 192.0.2.7 198.51.100.1 1 -2',
  'PROXY TCP4 192.0.2.7 198.51.100.1 1 0x2',
  'PROXY TCP4 192.0.2.7 198.51.100.1 1 2.0',
  'PROXY TCP4 192.0.2.07 198.51.100.1 1 2',
  'PROXY TCP4 192.0.2 198.51.100.1 1 2',
  'PROXY TCP4 3221225991 198.51.100.1 1 2',
  'PROXY TCP4 2001:db8::7 2001:db8::1 1 2',
  'PROXY TCP4 ::ffff:192.0.2.7 198.51.100.1 1 2',
  'PROXY TCP6 192.0.2.7 198.51.100.1 1 2',
  'PROXY TCP6 fe80::7%eth0 fe80::1 1 2',
  'PROXY TCP6 2001:db8::7 198.51.100.1 1 2',
  'PROXY UDP4 192.0.2.7 198.51.100.1 1 2',
  'PROXY tcp4 192.0.2.7 198.51.100.1 1 2',
  'PROXY UNKNOWNS',
  'PROXY unknown',
  'PROXY localhost 192.0.2.7 198.51.100.1 1 2',
];

for (const line of refused) {
  test(`${JSON.stringify(line)} is refused`, () => {
    assert.throws(() => parse(line), { code: 'PROXY_HEADER_INVALID' });
  });
}
