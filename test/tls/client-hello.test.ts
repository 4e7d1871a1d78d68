import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HelloReader, type HelloReading } from '../../src/tls/client-hello.ts';
import { clientHello, recordsOf, serverNameExtension } from '../helpers/client-hello.ts';

function readingOf(...chunks: readonly Buffer[]): HelloReading {
  const reader = new HelloReader();
  let reading: HelloReading = { kind: 'incomplete' };
  for (const chunk of chunks) {
    reading = reader.push(chunk);
    if (reading.kind !== 'incomplete') break;
  }
  return reading;
}

function cut(octets: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    chunks.push(octets.subarray(at, at + size));
    at += size;
  }
  return [...chunks, octets.subarray(at)].filter(({ length }) => length > 0);
}

const hello = clientHello([serverNameExtension(Buffer.from('Pop.Example.'))]);

test('the name that a client asks for is read, in lower case', () => {
  const reading = readingOf(recordsOf(hello));
  assert.deepEqual(reading, { kind: 'hello', serverName: 'pop.example' });
});

test('a hello without extensions, or without a name, asks for none', () => {
  for (const octets of [clientHello(undefined), clientHello([])]) {
    assert.deepEqual(readingOf(recordsOf(octets)), { kind: 'hello', serverName: undefined });
  }
});

test('however it comes in pieces and in records, it says the same', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 40 }),
      (records, chunks) => {
        const octets = recordsOf(hello, records);
        const reading = readingOf(...cut(octets, chunks));
        assert.deepEqual(reading, { kind: 'hello', serverName: 'pop.example' });
      },
    ),
  );
});

const nameless: readonly (readonly [what: string, name: Buffer])[] = [
  ['an IPv4 address', Buffer.from('192.0.2.1')],
  ['an IPv6 address', Buffer.from('2001:db8::1')],
  ['256 octets', Buffer.alloc(256, 'a')],
  ['a NUL', Buffer.from('pop.example\0.evil.example')],
  ['octets above 127', Buffer.from('pop.ex\xe4mple', 'latin1')],
  ['nothing', Buffer.alloc(0)],
];

for (const [what, name] of nameless) {
  test(`a name of ${what} is none`, () => {
    const octets = recordsOf(clientHello([serverNameExtension(name)]));
    assert.deepEqual(readingOf(octets), { kind: 'hello', serverName: undefined });
  });
}

test('what is no hello is left to OpenSSL, without waiting for more', () => {
  const others = [
    Buffer.from('GET / HTTP/1.1\r\n'),
    Buffer.from('USER bob\r\n'),
    // A hello in the form of SSL 2, as Windows XP sends it.
    Buffer.of(0x80, 0x2e, 1, 3, 1),
    // An alert, an empty record, another handshake message, a length that nobody sends.
    Buffer.of(21, 3, 1, 0, 2, 1, 0),
    Buffer.of(22, 3, 1, 0, 0),
    Buffer.of(22, 3, 1, 0, 4, 2, 0, 0, 0),
    Buffer.of(22, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff),
  ];
  for (const octets of others) assert.deepEqual(readingOf(octets), { kind: 'other' });
});

test('lengths that lie are left to OpenSSL', () => {
  for (let at = 4; at < hello.length; at += 1) {
    const lying = Buffer.from(hello);
    lying[at] = 0xff;
    assert.notEqual(readingOf(recordsOf(lying)).kind, 'incomplete');
  }
});

test('what never becomes complete is not kept without bound', () => {
  const reader = new HelloReader();
  const start = Buffer.of(22, 3, 1, 0x3f, 0xff, 1, 0, 0x3f, 0xf0);
  assert.equal(reader.push(start).kind, 'incomplete');
  let pushed = start.length;
  while (reader.push(Buffer.alloc(512)).kind === 'incomplete') pushed += 512;
  assert.ok(pushed <= 16_384);
});

test('any octets get an answer', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), (chunks) => {
      const { kind } = readingOf(...chunks.map((chunk) => Buffer.from(chunk)));
      assert.ok(['incomplete', 'other', 'hello'].includes(kind));
    }),
  );
});
