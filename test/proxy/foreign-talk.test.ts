import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foreignLine, foreignOctets } from '../../src/proxy/foreign-talk.ts';
import { formatHeader } from '../../src/proxy-protocol/format.ts';

const ends = {
  source: { address: '203.0.113.7', port: 40_000 },
  destination: { address: '198.51.100.1', port: 995 },
};

for (const [spoken, lines] of Object.entries({
  HTTP: [
    'GET / HTTP/1.1',
    'POST /USER%20kim HTTP/1.0',
    'PRI * HTTP/2.0',
    'OPTIONS / HTTP/1.1',
    'CONNECT pop.example.net:995 HTTP/1.1',
    'FOO /x HTTP/1.1',
    'RETR http://pop.example.net/ HTTP/1.1',
    "x!#$%&'*+-.^_`|~1 / HTTP/1.1",
    `GET /${'a'.repeat(2000)}`,
    `PROPFIND /${'a'.repeat(200)} HTTP/1.1`,
  ],
  SMTP: [
    'EHLO client.example.org',
    'helo x',
    'LHLO x',
    'EHLO',
    '220 mx.example.org ESMTP',
    '220-mx',
  ],
  'PROXY protocol': [
    formatHeader(1, ends).toString('latin1').trimEnd(),
    'PROXY UNKNOWN',
    'PROXY UNKNOWN ffff::1 ffff::2 1 2',
  ],
})) {
  for (const line of lines) {
    test(`${line.slice(0, 40)} is ${spoken}`, () => {
      assert.equal(foreignLine(Buffer.from(line)), spoken);
    });
  }
}

for (const line of [
  'CAPA',
  'USER get',
  'USER GET / HTTP',
  'PASS x HTTP/1.1 y z',
  'AUTH PLAIN',
  'USER PROXY TCP4',
  'PROXY',
  'USER EHLO',
  '2200',
  '',
]) {
  test(`${JSON.stringify(line)} may be POP3`, () => {
    assert.equal(foreignLine(Buffer.from(line)), undefined);
  });
}

test('what comes without lines is told by its first octets', () => {
  assert.equal(foreignOctets(Buffer.of(0x16, 0x03, 0x01)), 'TLS');
  assert.equal(foreignOctets(Buffer.of(0x16)), 'TLS');
  assert.equal(foreignOctets(formatHeader(2, ends)), 'PROXY protocol');
  assert.equal(foreignOctets(Buffer.from('\r\n\r\nQUIT\r\n')), undefined);
  assert.equal(foreignOctets(Buffer.from('CAPA\r\n')), undefined);
});
