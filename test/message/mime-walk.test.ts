import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type MimeEvent, type MimeLimits, MimeWalker } from '../../src/message/mime-walk.ts';
import { chunkLengths, cut, octetsOf } from './chunking.ts';

/** Events as short lines, content of neighbours joined: `+1.1 text/plain`, `=1.1 content`, `-1.1`. */
function outline(chunks: readonly Buffer[], limits?: Partial<MimeLimits>): string[] {
  const walker = new MimeWalker(limits);
  const lines: string[] = [];
  let content: { path: string; text: string } | undefined;
  const flush = (): void => {
    if (content !== undefined) lines.push(`=${content.path} ${content.text}`);
    content = undefined;
  };
  for (const event of [...chunks.flatMap((chunk) => walker.push(chunk)), ...walker.end()]) {
    if (event.kind === 'partContent') {
      assert.ok(event.bytes.length > 0);
      const { path } = event.part;
      const before = content?.path === path ? content.text : '';
      if (content?.path !== path) flush();
      content = { path, text: before + event.bytes.toString('latin1') };
      continue;
    }
    flush();
    lines.push(describe(event));
  }
  flush();
  return lines;
}

function describe(event: Exclude<MimeEvent, { kind: 'partContent' }>): string {
  if (event.kind === 'limitReached') return `!${event.limit}`;
  if (event.kind === 'partEnded') return `-${event.part.path}`;
  const { path, contentType, depth } = event.part;
  assert.equal(depth, path.split('.').length - 1);
  return `+${path} ${contentType}`;
}

const message = (...lines: string[]): Buffer => Buffer.from(lines.join('\r\n'), 'latin1');
const mixed = (boundary: string): string => `Content-Type: multipart/mixed; boundary="${boundary}"`;

const tree: readonly (readonly [string, Buffer, readonly string[]])[] = [
  ['an empty message', message(''), ['+1 text/plain', '-1']],
  ['a plain message', message('A: b', '', 'body', ''), ['+1 text/plain', '=1 body\r\n', '-1']],
  ['a message of a header only', message('A: b', ''), ['+1 text/plain', '-1']],
  [
    'two parts between preamble and epilogue',
    message(
      mixed('b'),
      '',
      'preamble',
      '--b',
      '',
      'one',
      '--b',
      'Content-Type: text/html',
      '',
      'two',
      '',
      '--b--',
      'epilogue',
    ),
    [
      '+1 multipart/mixed',
      '+1.1 text/plain',
      '=1.1 one',
      '-1.1',
      '+1.2 text/html',
      '=1.2 two\r\n',
      '-1.2',
      '-1',
    ],
  ],
  [
    'bare LF and padded boundaries',
    Buffer.from(`${mixed('b')}\n\n--b \t\n\none\n--b--  \n`),
    ['+1 multipart/mixed', '+1.1 text/plain', '=1.1 one', '-1.1', '-1'],
  ],
  [
    'a missing final boundary',
    message(mixed('b'), '', '--b', '', 'one', ''),
    ['+1 multipart/mixed', '+1.1 text/plain', '=1.1 one\r\n', '-1.1', '-1'],
  ],
  [
    'a final boundary without line end',
    message(mixed('b'), '', '--b', '', 'one', '--b--'),
    ['+1 multipart/mixed', '+1.1 text/plain', '=1.1 one', '-1.1', '-1'],
  ],
  [
    'lines that only look like a boundary',
    message(mixed('b'), '', '--b', '', '--bb', '-- b', '--', '-', '--b-', '--b--'),
    ['+1 multipart/mixed', '+1.1 text/plain', '=1.1 --bb\r\n-- b\r\n--\r\n-\r\n--b-', '-1.1', '-1'],
  ],
  [
    'an empty part and a part that ends in its header',
    message(mixed('b'), '', '--b', '', '--b', 'X: y', '--b--', ''),
    ['+1 multipart/mixed', '+1.1 text/plain', '-1.1', '+1.2 text/plain', '-1.2', '-1'],
  ],
  [
    'an inner multipart that the outer boundary ends',
    message(mixed('o'), '', '--o', mixed('i'), '', '--i', '', 'one', '--o', '', 'two', '--o--', ''),
    [
      ...[
        '+1 multipart/mixed',
        '+1.1 multipart/mixed',
        '+1.1.1 text/plain',
        '=1.1.1 one',
        '-1.1.1',
      ],
      ...['-1.1', '+1.2 text/plain', '=1.2 two', '-1.2', '-1'],
    ],
  ],
  [
    'an outer boundary that begins with the inner one',
    message(
      mixed('bb'),
      '',
      '--bb',
      mixed('b'),
      '',
      '--b',
      '',
      'one',
      '--b--',
      '--bb',
      '',
      'two',
      '--bb--',
    ),
    [
      ...[
        '+1 multipart/mixed',
        '+1.1 multipart/mixed',
        '+1.1.1 text/plain',
        '=1.1.1 one',
        '-1.1.1',
      ],
      ...['-1.1', '+1.2 text/plain', '=1.2 two', '-1.2', '-1'],
    ],
  ],
  [
    'a part behind the closing boundary',
    message(mixed('b'), '', '--b--', '', '--b', '', 'late', ''),
    ['+1 multipart/mixed', '+1.1 text/plain', '=1.1 late\r\n', '-1.1', '-1'],
  ],
  [
    'an embedded message with parts',
    message(
      mixed('o'),
      '',
      '--o',
      'Content-Type: message/rfc822',
      '',
      mixed('i'),
      '',
      '--i',
      '',
      'one',
      '--i--',
      '--o',
      '',
      'two',
    ),
    [
      ...['+1 multipart/mixed', '+1.1 message/rfc822', '+1.1.1 multipart/mixed'],
      ...['+1.1.1.1 text/plain', '=1.1.1.1 one', '-1.1.1.1', '-1.1.1', '-1.1'],
      ...['+1.2 text/plain', '=1.2 two', '-1.2', '-1'],
    ],
  ],
  [
    'an embedded message in base64, which is a file',
    message('Content-Type: message/rfc822', 'Content-Transfer-Encoding: base64', '', 'QTogYg=='),
    ['+1 message/rfc822', '=1 QTogYg==', '-1'],
  ],
  [
    'a digest',
    message(
      'Content-Type: multipart/digest; boundary=b',
      '',
      '--b',
      '',
      'Subject: x',
      '',
      'one',
      '--b--',
    ),
    [
      '+1 multipart/digest',
      '+1.1 message/rfc822',
      '+1.1.1 text/plain',
      '=1.1.1 one',
      '-1.1.1',
      '-1.1',
      '-1',
    ],
  ],
  [
    'a multipart without boundary, which is content',
    message('Content-Type: multipart/mixed', '', '--b', '', 'one'),
    ['+1 multipart/mixed', '=1 --b\r\n\r\none', '-1'],
  ],
  [
    'a bare CR before a line end and NUL',
    message(mixed('b'), '', '--b', '', 'one\r', '\0', '--b--'),
    ['+1 multipart/mixed', '+1.1 text/plain', '=1.1 one\r\r\n\0', '-1.1', '-1'],
  ],
  [
    'a delimiter line with endless padding',
    message(mixed('b'), '', `--b${' '.repeat(3000)}`, '', 'one', '--b--'),
    ['+1 multipart/mixed', '+1.1 text/plain', '=1.1 one', '-1.1', '-1'],
  ],
];

for (const [name, octets, expected] of tree) {
  test(`the walk reads ${name}`, () => {
    assert.deepEqual(outline([octets]), expected);
  });

  test(`the walk reads ${name} octet by octet`, () => {
    assert.deepEqual(outline(cut(octets, [1])), expected);
  });
}

const awkwardMessage = octetsOf(
  ...[
    '\r\n',
    '\n',
    '\r',
    '\r\n\r\n',
    '-',
    '--',
    '\r\n--b',
    '\r\n--b\r\n',
    '\n--b--\n',
    '\r\n--bb\r\n',
  ],
  ...['text', ' ', `${mixed('b')}\r\n\r\n`, `${mixed('bb')}\r\n\r\n`],
  ...['Content-Type: message/rfc822\r\n\r\n', 'X-Header: some longer value\r\n'],
).map((octets) => Buffer.concat([Buffer.from(`${mixed('b')}\r\n\r\n`), octets]));

test('the walk is the same for any chunking', () => {
  fc.assert(
    fc.property(awkwardMessage, chunkLengths, (octets, lengths) => {
      assert.deepEqual(outline(cut(octets, lengths)), outline([octets]));
    }),
    { numRuns: 500 },
  );
});

test('the walk is the same for any chunking with narrow limits', () => {
  const limits = { maxDepth: 2, maxParts: 4, maxHeaderBytes: 60 };
  fc.assert(
    fc.property(awkwardMessage, chunkLengths, (octets, lengths) => {
      assert.deepEqual(outline(cut(octets, lengths), limits), outline([octets], limits));
    }),
    { numRuns: 500 },
  );
});

test('parts begin and end in pairs, children inside their parents', () => {
  fc.assert(
    fc.property(awkwardMessage, (octets) => {
      const open: string[] = [];
      const walker = new MimeWalker({ maxDepth: 3, maxParts: 6 });
      for (const event of [...walker.push(octets), ...walker.end()]) {
        if (event.kind === 'limitReached') continue;
        const { path, isContainer } = event.part;
        if (event.kind === 'partStarted') {
          assert.equal(open.at(-1), path.includes('.') ? path.replace(/\.\d+$/, '') : undefined);
          open.push(path);
          continue;
        }
        assert.equal(open.at(-1), path);
        if (event.kind === 'partContent') assert.equal(isContainer, false);
        else open.pop();
      }
      assert.deepEqual(open, []);
    }),
  );
});

test('a container that is too deep becomes content, and the walk goes on behind it', () => {
  const octets = message(
    mixed('o'),
    '',
    '--o',
    mixed('i'),
    '',
    '--i',
    '',
    'one',
    '--o',
    '',
    'two',
    '--o--',
  );
  assert.deepEqual(outline([octets], { maxDepth: 1 }), [
    ...['+1 multipart/mixed', '+1.1 multipart/mixed', '!depth', '=1.1 --i\r\n\r\none', '-1.1'],
    ...['+1.2 text/plain', '=1.2 two', '-1.2', '-1'],
  ]);
});

test('with too many parts the rest is content of the current leaf', () => {
  const octets = message(mixed('b'), '', '--b', '', 'one', '--b', '', 'two', '--b--');
  assert.deepEqual(outline([octets], { maxParts: 2 }), [
    '+1 multipart/mixed',
    '+1.1 text/plain',
    '=1.1 one',
    '!parts',
    '=1.1 \r\n--b\r\n\r\ntwo\r\n--b--',
    '-1.1',
    '-1',
  ]);
});

test('a container that may have no children any more becomes content', () => {
  const octets = message('Content-Type: message/rfc822', '', 'A: b', '', 'body');
  assert.deepEqual(outline([octets], { maxParts: 1 }), [
    '+1 message/rfc822',
    '!parts',
    '=1 A: b\r\n\r\nbody',
    '-1',
  ]);
});

test('a header that is too long is cut and its rest is content', () => {
  const octets = message('Subject: x', 'X: 0123456789', '', 'body');
  assert.deepEqual(outline([octets], { maxHeaderBytes: 20 }), [
    '+1 text/plain',
    '!headerBytes',
    '=1 56789\r\n\r\nbody',
    '-1',
  ]);
  assert.deepEqual(outline([octets], { maxHeaderBytes: 29 }), ['+1 text/plain', '=1 body', '-1']);
});

test('a part tells its header, encoding, names and whether it is a container', () => {
  const octets = message(
    mixed('b'),
    '',
    '--b',
    'Content-Type: application/zip; name="a.zip"',
    'Content-Transfer-Encoding: Base64',
    "Content-Disposition: attachment; filename*=utf-8''%C3%A4.zip",
    '',
    'UEs=',
    '--b--',
  );
  const parts = new MimeWalker()
    .push(octets)
    .flatMap((event) => (event.kind === 'partStarted' ? [event.part] : []));
  assert.deepEqual(
    parts.map((part) => part.isContainer),
    [true, false],
  );
  assert.deepEqual(parts[1]?.fileNames, ['ä.zip', 'a.zip']);
  assert.equal(parts[1]?.transferEncoding, 'base64');
  assert.equal(parts[1]?.headers.get('content-type'), 'application/zip; name="a.zip"');
});

test('content comes in few slices, without copies', () => {
  const body = 'line of text\r\n-- \r\n--other\r\n'.repeat(2000);
  const octets = message(mixed('b'), '', '--b', '', `${body}--b--`);
  const contents = new MimeWalker()
    .push(octets)
    .flatMap((event) => (event.kind === 'partContent' ? [event.bytes] : []));
  assert.equal(contents.length, 1);
  assert.equal(contents[0]?.buffer, octets.buffer);
});

test('a megabyte of header and a megabyte of boundaries are walked promptly', {
  timeout: 60_000,
}, () => {
  const header = message(`${'X-Name: some value\r\n'.repeat(50_000)}`, 'body');
  const limits = { maxHeaderBytes: 2 * 1024 * 1024 };
  assert.deepEqual(outline(cut(header, [1000]), limits), ['+1 text/plain', '=1 body', '-1']);
  const boundaries = Buffer.concat([
    message(mixed('b'), '', ''),
    Buffer.alloc(1024 * 1024, '--b\r\n'),
  ]);
  assert.equal(outline(cut(boundaries, [1000])).includes('!parts'), true);
});

test('header and content of a part lie where it says', () => {
  const fragments = [
    '\r\n',
    '\r\n\r\n--b\r\n',
    '--b--',
    'A: b\r\n',
    `${mixed('b')}\r\n\r\n`,
    'text',
  ];
  fc.assert(
    fc.property(octetsOf(...fragments), chunkLengths, (octets, lengths) => {
      const walker = new MimeWalker();
      const contents = new Map<string, Buffer[]>();
      const events = [
        ...cut(octets, lengths).flatMap((chunk) => walker.push(chunk)),
        ...walker.end(),
      ];
      for (const event of events) {
        if (event.kind === 'partContent') {
          contents.set(event.part.path, [...(contents.get(event.part.path) ?? []), event.bytes]);
        }
        if (event.kind !== 'partEnded') continue;
        const { headers, start, contentStart, isContainer, path } = event.part;
        assert.deepEqual(octets.subarray(start, contentStart), headers.bytes);
        const content = Buffer.concat(contents.get(path) ?? []);
        if (!isContainer) assert.deepEqual(octets.subarray(contentStart, event.end), content);
      }
    }),
    { numRuns: 1000 },
  );
});
