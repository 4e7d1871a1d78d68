import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { commandLineMaxOctets } from '../../src/pop3/limits.ts';
import { LineReader } from '../../src/pop3/line-reader.ts';

interface Read {
  readonly lines: readonly string[];
  readonly outcome: 'waiting' | 'LINE_TOO_LONG';
}

/** All lines of the chunks, read after each of them as a connection does. */
function read(chunks: readonly Buffer[], maxLineOctets = 64): Read {
  const reader = new LineReader(maxLineOctets);
  const lines: Buffer[] = [];
  try {
    for (const chunk of chunks) {
      reader.push(chunk);
      for (let line = reader.maybeReadLine(); line; line = reader.maybeReadLine()) lines.push(line);
    }
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'LINE_TOO_LONG');
    return { lines: lines.map(String), outcome: 'LINE_TOO_LONG' };
  }
  // Only now to text: a line must not be overwritten by what comes after it.
  return { lines: lines.map((line) => line.toString('latin1')), outcome: 'waiting' };
}

function cut(octets: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((each) => each % (octets.length + 1)))].sort((a, b) => a - b);
  const edges = [0, ...at, octets.length];
  return edges.slice(1).map((edge, index) => octets.subarray(edges[index], edge));
}

const table: readonly [name: string, octets: string, lines: readonly string[]][] = [
  ['CRLF ends a line', 'NOOP\r\n', ['NOOP']],
  ['a bare LF ends a line', 'NOOP\n', ['NOOP']],
  ['an empty line is a line', '\r\n\n', ['', '']],
  ['a bare CR does not end a line', 'a\rb\r\n', ['a\rb']],
  ['only one CR is taken off', 'a\r\r\n', ['a\r']],
  ['several lines come one by one', 'a\r\nb\nc\r\n', ['a', 'b', 'c']],
  ['a line without end is not yet a line', 'a\r\nb\r', ['a']],
];

for (const [name, octets, lines] of table) {
  test(name, () => {
    assert.deepEqual(read([Buffer.from(octets, 'latin1')]), { lines, outcome: 'waiting' });
  });
}

test('any chunking of octets gives the same lines', () => {
  const octets = fc
    .array(fc.constantFrom('\r', '\n', '\r\n', 'USER x', '\0', '\xff', '.'), { maxLength: 60 })
    .map((parts) => Buffer.from(parts.join(''), 'latin1'));
  fc.assert(
    fc.property(octets, fc.array(fc.nat(), { maxLength: 12 }), (whole, cuts) => {
      assert.deepEqual(read(cut(whole, cuts)).lines, read([whole]).lines);
    }),
    { numRuns: 2000 },
  );
});

test('one octet at a time gives the same lines', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => {
      const whole = Buffer.from(octets);
      const single = Array.from(whole, (octet) => Buffer.of(octet));
      assert.deepEqual(read(single), read([whole]));
    }),
  );
});

test('lines and what is pending add up to what was pushed', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 10 }), (chunks) => {
      const reader = new LineReader(1000);
      for (const chunk of chunks) reader.push(Buffer.from(chunk));
      const whole = Buffer.concat(chunks);
      assert.equal(reader.pendingOctets, whole.length);
      let ends = 0;
      while (reader.maybeReadLine() !== undefined) ends += 1;
      const rest = whole.toString('latin1').split('\n').slice(ends).join('\n');
      assert.equal(reader.pendingOctets, rest.length);
      assert.equal(reader.takePending().toString('latin1'), rest);
      assert.equal(reader.pendingOctets, 0);
    }),
  );
});

test('a command line of 2048 octets is read, one of 2049 is refused', () => {
  const line = (octets: number) => Buffer.from(`${'x'.repeat(octets - 2)}\r\n`);
  assert.equal(commandLineMaxOctets, 2048);
  assert.equal(read([line(2048)], 2048).lines[0]?.length, 2046);
  assert.deepEqual(read([line(2049)], 2048), { lines: [], outcome: 'LINE_TOO_LONG' });
});

test('a line is refused as too long before its end has come', () => {
  assert.equal(read([Buffer.alloc(2048, 'x')], 2048).outcome, 'waiting');
  assert.equal(read([Buffer.alloc(2049, 'x')], 2048).outcome, 'LINE_TOO_LONG');
});

test('the limit can be raised for one line and lowered again', () => {
  const reader = new LineReader(4);
  reader.setMaxLineOctets(100);
  reader.push(Buffer.from('a long response\r\nNO\r\nNOOP\r\n'));
  assert.equal(String(reader.maybeReadLine()), 'a long response');
  reader.setMaxLineOctets(4);
  assert.equal(String(reader.maybeReadLine()), 'NO');
  assert.throws(() => reader.maybeReadLine(), { code: 'LINE_TOO_LONG' });
});

test('what was handed over as pending is not read as a line', () => {
  const reader = new LineReader(64);
  reader.push(Buffer.from('+OK\r\nabc'));
  reader.maybeReadLine();
  assert.equal(String(reader.takePending()), 'abc');
  reader.push(Buffer.from('NOOP\r\n'));
  assert.equal(String(reader.maybeReadLine()), 'NOOP');
});
