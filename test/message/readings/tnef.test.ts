import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type TnefOutline, TnefReader } from '../../../src/message/readings/tnef.ts';
import { tnef, tnefWithProperties } from '../../helpers/wrapped-files.ts';
import { chunkLengths, cut } from '../chunking.ts';

function outlineOf(chunks: readonly Buffer[]): TnefOutline {
  const reader = new TnefReader();
  for (const chunk of chunks) reader.push(chunk);
  return reader.end();
}

/** Kind, names and content of each item. */
function items(octets: Buffer): unknown[] {
  return outlineOf([octets]).items.map(({ kind, names, start, end }) => [
    kind,
    names,
    octets.toString('latin1', start, end),
  ]);
}

const files = [
  { name: 'a.txt', content: Buffer.from('one') },
  { name: 'b.exe', content: Buffer.from('two!') },
];

test('files and text are found with their names', () => {
  assert.deepEqual(items(tnef('Hello.', files)), [
    ['text', [], 'Hello.\0'],
    ['file', ['a.txt'], 'one'],
    ['file', ['b.exe'], 'two!'],
  ]);
});

test('a file among the properties is found, its name in UTF-16', () => {
  const octets = tnefWithProperties({ name: 'ä.exe', content: Buffer.from('abc') }, 'file');
  assert.deepEqual(items(octets), [['file', ['ä.exe'], 'abc']]);
  assert.equal(outlineOf([octets]).state, 'whole');
});

test('a message in an attachment is found behind the identifier of its interface', () => {
  const inner = tnef('Inner.', files);
  const octets = tnefWithProperties({ name: 'x', content: inner }, 'message');
  assert.deepEqual(items(octets), [['tnef', ['x'], inner.toString('latin1')]]);
});

test('an object that is no message is a file', () => {
  const octets = tnefWithProperties({ name: 'x', content: Buffer.from('OLE object') }, 'message');
  assert.deepEqual(items(octets), [['file', ['x'], 'OLE object']]);
});

test('what breaks off is damaged, what came before is there', () => {
  const octets = tnef('Hello.', files).subarray(0, -30);
  const outline = outlineOf([octets]);
  assert.equal(outline.state, 'damaged');
  assert.ok(outline.items.some(({ names }) => names.includes('a.txt')));
});

test('something else is no TNEF', () => {
  assert.deepEqual(outlineOf([Buffer.from('something else')]), { items: [], state: 'damaged' });
  assert.equal(outlineOf([]).state, 'damaged');
});

test('any chunking of any damage gives the same, and items lie one behind another', () => {
  const originals = [
    tnef('Hello.', files),
    tnefWithProperties({ name: 'x', content: tnef('a', files) }, 'message'),
  ];
  const damage = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 6 });
  fc.assert(
    fc.property(
      fc.constantFrom(...originals),
      damage,
      chunkLengths,
      (original, places, lengths) => {
        const octets = Buffer.from(original);
        for (const [at, value] of places) octets[6 + (at % (octets.length - 6))] = value;
        const outline = outlineOf([octets]);
        assert.deepEqual(outlineOf(cut(octets, lengths)), outline);
        for (const { start, end } of outline.items) assert.ok(start < end);
      },
    ),
    { numRuns: 500 },
  );
});

test('a number of values that is not there costs no time', () => {
  const endless = Buffer.alloc(12);
  // A property of the type null, said to have four milliards of values.
  endless.writeUInt32LE(0x3001_1001, 0);
  endless.writeUInt32LE(0xffff_ffff, 4);
  const octets = tnefWithProperties({ name: 'x', content: Buffer.alloc(0) }, 'file');
  const at = octets.indexOf(Buffer.from('1f000737', 'hex'));
  endless.copy(octets, at);
  assert.ok(outlineOf([octets]).items.length <= 1);
});
