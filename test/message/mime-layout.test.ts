import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type LaidOutPart, MimeLayoutBuilder } from '../../src/message/mime-layout.ts';
import { chunkLengths, cut, octetsOf } from './chunking.ts';
import { layoutOf, message, mixed, readParts } from './mime-editing.ts';

/** Each part as `path|boundary line|header|content|` and what stands where the next boundary line begins. */
function outline(octets: Buffer, part: LaidOutPart): string[] {
  const text = (start: number, end?: number): string => octets.toString('latin1', start, end);
  const { path, delimiterStart, start, contentStart } = part.part;
  const line = delimiterStart === undefined ? '' : text(delimiterStart, start);
  const next = part.followedBy === undefined ? 'end' : text(part.followedBy, part.followedBy + 4);
  return [
    [path, line, text(start, contentStart), text(contentStart, part.end), next].join('|'),
    ...part.children.flatMap((child) => outline(octets, child)),
  ];
}

const layouts: readonly (readonly [string, Buffer, readonly string[]])[] = [
  ['an empty message', message(''), ['1||||end']],
  ['a message of a header only', message('A: b'), ['1||A: b||end']],
  ['a plain message', message('A: b', '', 'text', ''), ['1||A: b\r\n\r\n|text\r\n|end']],
  [
    'parts between preamble and epilogue',
    message(mixed('b'), '', 'pre', '--b', '', 'one', '--b \t', 'X: y', '', 'two', '--b--', 'epi'),
    [
      `1||${mixed('b')}\r\n\r\n|pre\r\n--b\r\n\r\none\r\n--b \t\r\nX: y\r\n\r\ntwo\r\n--b--\r\nepi|end`,
      '1.1|--b\r\n|\r\n|one|--b ',
      '1.2|--b \t\r\n|X: y\r\n\r\n|two|--b-',
    ],
  ],
  [
    'parts that end in their header, and a missing final boundary',
    message(mixed('b'), '', '--b', '--b', 'X: y', '--b', '', 'three', ''),
    [
      `1||${mixed('b')}\r\n\r\n|--b\r\n--b\r\nX: y\r\n--b\r\n\r\nthree\r\n|end`,
      '1.1|--b\r\n|||--b\r',
      '1.2|--b\r\n|X: y\r\n||--b\r',
      '1.3|--b\r\n|\r\n|three\r\n|end',
    ],
  ],
  [
    'an inner multipart and an embedded message that the outer boundary ends',
    message(mixed('o'), '', '--o', mixed('i'), '', '--i', '', 'one', '--o', ...embedded(), '--o--'),
    [
      `1||${mixed('o')}\r\n\r\n|--o\r\n${mixed('i')}\r\n\r\n--i\r\n\r\none\r\n--o\r\n${embedded().join('\r\n')}\r\n--o--|end`,
      `1.1|--o\r\n|${mixed('i')}\r\n\r\n|--i\r\n\r\none|--o\r`,
      '1.1.1|--i\r\n|\r\n|one|end',
      '1.2|--o\r\n|Content-Type: message/rfc822\r\n\r\n|A: b\r\n\r\ntwo|--o-',
      '1.2.1||A: b\r\n\r\n|two|end',
    ],
  ],
  [
    'a part behind the closing boundary',
    message(mixed('b'), '', '--b', '', 'one', '--b--', 'gap', '--b', '', 'late'),
    [
      `1||${mixed('b')}\r\n\r\n|--b\r\n\r\none\r\n--b--\r\ngap\r\n--b\r\n\r\nlate|end`,
      '1.1|--b\r\n|\r\n|one|--b-',
      '1.2|--b\r\n|\r\n|late|end',
    ],
  ],
];

function embedded(): string[] {
  return ['Content-Type: message/rfc822', '', 'A: b', '', 'two'];
}

for (const [name, octets, expected] of layouts) {
  test(`the layout shows ${name}`, () => {
    assert.deepEqual(outline(octets, layoutOf(octets).root), expected);
    assert.deepEqual(outline(octets, layoutOf(...cut(octets, [1])).root), expected);
  });
}

const awkward = octetsOf(
  ...[
    '\r\n',
    '\n',
    '\r\n\r\n',
    '-',
    '--b',
    '\r\n--b\r\n',
    '\n--b--\n',
    '\r\n--bb\r\n',
    '\r\n--b--',
  ],
  ...['text', ' ', `${mixed('b')}\r\n\r\n`, `${mixed('bb')}\r\n\r\n`, 'X: y\r\n'],
  ...['Content-Type: message/rfc822\r\n\r\n'],
).map((octets) => Buffer.concat([Buffer.from(`${mixed('b')}\r\n\r\n`), octets]));

function flat(part: LaidOutPart): LaidOutPart[] {
  return [part, ...part.children.flatMap(flat)];
}

test('the layout is the same for any chunking', () => {
  fc.assert(
    fc.property(awkward, chunkLengths, (octets, lengths) => {
      assert.deepEqual(layoutOf(...cut(octets, lengths)), layoutOf(octets));
    }),
    { numRuns: 300 },
  );
});

test('headers and contents lie where the layout says, in the order of the message', () => {
  fc.assert(
    fc.property(awkward, (octets) => {
      const layout = layoutOf(octets);
      const read = readParts(octets);
      const parts = flat(layout.root);
      assert.deepEqual(
        parts.map(({ part }) => part.path),
        read.map(({ part }) => part.path),
      );
      let at = 0;
      for (const [index, { part, end, children, followedBy }] of parts.entries()) {
        const { delimiterStart, start, contentStart } = part;
        assert.ok((delimiterStart ?? start) >= at && start <= contentStart && contentStart <= end);
        assert.ok(followedBy === undefined || followedBy >= end);
        assert.deepEqual(octets.subarray(start, contentStart), part.headers.bytes);
        if (delimiterStart !== undefined) {
          assert.equal(octets.toString('latin1', delimiterStart, delimiterStart + 2), '--');
        }
        if (!part.isContainer) {
          assert.equal(octets.toString('latin1', contentStart, end), read[index]?.content);
        }
        for (const child of children) assert.ok(child.end <= end);
        at = contentStart;
      }
      assert.equal(layout.root.end, octets.length);
      assert.equal(layout.octets, octets.length);
      assert.equal(layout.hasFinalLineEnd, octets.at(-1) === 0x0a);
    }),
    { numRuns: 300 },
  );
});

test('a message beyond a limit of the walk has no layout', () => {
  const nested = message(...Array.from({ length: 40 }, () => 'Content-Type: message/rfc822\r\n'));
  const long = message(`X: ${'y'.repeat(300_000)}`, '', 'text');
  const many = message(mixed('b'), '', ...Array.from({ length: 2100 }, () => '--b\r\n'));
  for (const octets of [nested, long, many]) {
    assert.throws(() => layoutOf(octets), { code: 'MESSAGE_TOO_COMPLEX', fault: 'upstream' });
  }
  const builder = new MimeLayoutBuilder({ maxDepth: 1 });
  assert.throws(() => builder.push(layouts[5]?.[1] ?? Buffer.alloc(0)), {
    code: 'MESSAGE_TOO_COMPLEX',
  });
});

test('all boundaries of a message are known, each once', () => {
  const octets = message(mixed('o'), '', '--o', mixed('i'), '', '--i', '', '--o', mixed('i'), '');
  const found = layoutOf(octets).boundaries.map((boundary) => boundary.toString());
  assert.deepEqual(found, ['o', 'i']);
});
