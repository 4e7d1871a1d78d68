import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { stuffed, Unstuffer } from '../../src/demo/dot-stuffing.ts';

function onTheWire(text: string): string {
  return Buffer.concat([...stuffed(Buffer.from(text, 'latin1'))]).toString('latin1');
}

/** Feeds pieces until the terminator; the remaining pieces count as rest. */
function unstuff(pieces: readonly Buffer[]): { content: string; rest: string } {
  const unstuffer = new Unstuffer();
  const content: Buffer[] = [];
  for (const [index, piece] of pieces.entries()) {
    const step = unstuffer.feed(piece);
    content.push(...step.content);
    if (step.rest === undefined) continue;
    const rest = Buffer.concat([step.rest, ...pieces.slice(index + 1)]);
    return { content: Buffer.concat(content).toString('latin1'), rest: rest.toString('latin1') };
  }
  assert.fail('the terminator was not seen');
}

function split(data: Buffer, borders: readonly number[]): Buffer[] {
  const cuts = [...new Set(borders.map((border) => border % (data.length + 1)))].sort(
    (a, b) => a - b,
  );
  return [0, ...cuts].map((start, i) => data.subarray(start, cuts[i]));
}

const cases: readonly [string, string, string][] = [
  ['an empty message is a terminator only', '', '.\r\n'],
  ['ordinary lines stay', 'a\r\nb\r\n', 'a\r\nb\r\n.\r\n'],
  ['a dot in the first octet is doubled', '.a\r\n', '..a\r\n.\r\n'],
  ['a lone dot is doubled', 'a\r\n.\r\nb\r\n', 'a\r\n..\r\nb\r\n.\r\n'],
  ['lone dots in a row are doubled', '.\r\n.\r\n..\r\n', '..\r\n..\r\n...\r\n.\r\n'],
  ['dots within a line stay', 'a.b\r\n', 'a.b\r\n.\r\n'],
  ['a dot after a bare LF stays', 'a\n.b\r\n', 'a\n.b\r\n.\r\n'],
  ['a dot before a bare CR is doubled', '.\rb\r\n', '..\rb\r\n.\r\n'],
];

describe('stuffing', () => {
  for (const [name, message, wire] of cases) {
    test(name, () => {
      assert.equal(onTheWire(message), wire);
      assert.deepEqual(unstuff([Buffer.from(wire, 'latin1')]), { content: message, rest: '' });
    });
  }

  test('a line end on the border of two pieces is not overlooked', () => {
    for (const shift of [-2, -1, 0, 1]) {
      const before = `${'x'.repeat(65_536 + shift)}`;
      assert.equal(onTheWire(`${before}\r\n.a\r\n`), `${before}\r\n..a\r\n.\r\n`);
    }
  });
});

test('any message comes back from any chunking, and what follows is left alone', () => {
  const line = fc.string({ unit: fc.constantFrom('.', 'a', '\r', '\n', '\r\n'), maxLength: 30 });
  const borders = fc.array(fc.nat(), { maxLength: 12 });
  fc.assert(
    fc.property(line, borders, (text, cuts) => {
      const message = text === '' ? '' : `${text}\r\n`;
      const wire = Buffer.from(`${onTheWire(message)}+OK next\r\n`, 'latin1');
      assert.deepEqual(unstuff(split(wire, cuts)), { content: message, rest: '+OK next\r\n' });
    }),
  );
});
