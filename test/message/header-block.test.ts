import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeaderBlock, HeaderEdits, HeaderEndFinder } from '../../src/message/header-block.ts';
import { chunkLengths, cut, octetsOf } from './chunking.ts';

const block = (text: string): HeaderBlock => new HeaderBlock(Buffer.from(text, 'latin1'));
const edits = (text: string): HeaderEdits => new HeaderEdits(block(text));
const written = (changed: HeaderEdits): string => changed.toBuffer().toString('latin1');

const awkwardHeader = octetsOf(
  ...['\r\n', '\n', '\r', '\r\n\r\n', ':', ' ', '\t', 'Subject', 'subject : ', 'X-A: b\r\n'],
  ...['From a:b c\r\n', '\0', '\xe9', '=?utf-8?q?a?='],
);

for (const [name, message, end] of [
  ['CRLF lines', 'A: b\r\n\r\nbody', 8],
  ['LF lines', 'A: b\n\nbody', 6],
  ['mixed line ends', 'A: b\n\r\nbody', 7],
  ['a run of CR before LF', 'A: b\r\r\n\r\r\nbody', 10],
  ['no header at all', '\r\nbody', 2],
  ['a line of blanks, which continues a field', 'A: b\r\n \r\n\r\n', 11],
  ['bare CRs, which are no line', 'A: b\r\rC: d\r\n\r\n', 14],
  ['no blank line', 'A: b\r\nC: d\r\n', undefined],
  ['nothing', '', undefined],
] as const) {
  test(`the end of the header is found with ${name}`, () => {
    assert.equal(new HeaderEndFinder().push(Buffer.from(message)), end);
  });
}

test('the end of the header is the same for any chunking', () => {
  fc.assert(
    fc.property(awkwardHeader, chunkLengths, (octets, lengths) => {
      const whole = new HeaderEndFinder().push(octets);
      const finder = new HeaderEndFinder();
      let found: number | undefined;
      for (const chunk of cut(octets, lengths)) found = finder.push(chunk);
      assert.equal(found, whole);
    }),
  );
});

test('finder and fields agree on where the header ends', () => {
  fc.assert(
    fc.property(awkwardHeader, (octets) => {
      const end = new HeaderEndFinder().push(octets);
      const { tailStart } = new HeaderBlock(octets).split();
      if (end === undefined) assert.equal(tailStart, octets.length);
      else assert.match(octets.toString('latin1', tailStart, end), /^\r*\n$/);
    }),
  );
});

test('a field is read unfolded, whatever the case of its name', () => {
  const header = block('Subject: a\r\n b\r\n\tc  \r\nSUBJECT:second\r\n\r\n');
  assert.equal(header.get('subject'), 'a b\tc');
  assert.deepEqual(header.all('Subject'), ['a b\tc', 'second']);
  assert.equal(header.get('Other'), undefined);
});

test('text is decoded for reading and holds no control characters', () => {
  assert.equal(block('Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\n\r\n').text('subject'), 'Grüße');
  assert.equal(block('Subject: =?utf-8?Q?a=0D=0AX:_b=00?=\r\n\r\n').text('subject'), 'a  X: b ');
  assert.equal(block('Subject: Gr\xfc\xdfe\r\n\r\n').text('subject'), 'Grüße');
});

test('entries gives the fields in order and leaves out lines that are none', () => {
  const header = block('From a@b Mon Jan 1 00:00:00\r\nA: 1\r\nno colon\r\n more\r\nB : 2\r\n\r\n');
  assert.deepEqual(
    [...header.entries()],
    [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ],
  );
});

test('without edits the very buffer of the block comes back', () => {
  fc.assert(
    fc.property(awkwardHeader, (octets) => {
      const unchanged = new HeaderEdits(new HeaderBlock(octets));
      assert.equal(unchanged.remove('Not-There'), 0);
      assert.equal(unchanged.isChanged, false);
      assert.equal(unchanged.octets, octets.length);
      assert.equal(unchanged.toBuffer(), octets);
    }),
  );
});

test('added fields stand above all others in the order of adding', () => {
  const changed = edits('Received: x\r\n\r\n');
  changed.add('X-One', '1');
  changed.add('X-Two', '2');
  assert.equal(written(changed), 'X-One: 1\r\nX-Two: 2\r\nReceived: x\r\n\r\n');
  assert.equal(changed.isChanged, true);
  assert.equal(changed.get('x-two'), '2');
  assert.deepEqual(
    [...changed.entries()].map((entry) => entry.name),
    ['X-One', 'X-Two', 'Received'],
  );
});

for (const [name, header, expected] of [
  ['an mbox From line', 'From a Mon\r\nA: b\r\n\r\n', 'From a Mon\r\nN: v\r\nA: b\r\n\r\n'],
  ['a continuation line without a field', ' lost\r\nA: b\r\n\r\n', ' lost\r\nN: v\r\nA: b\r\n\r\n'],
  ['an unfinished first line', 'From a', 'From a\r\nN: v\r\n'],
] as const) {
  test(`an added field goes below ${name}`, () => {
    const changed = edits(header);
    changed.add('N', 'v');
    assert.equal(written(changed), expected);
  });
}

for (const [name, header, expected] of [
  ['an empty message', '', 'N: v\r\n'],
  ['an empty header', '\r\n', 'N: v\r\n\r\n'],
  ['a header with bare LF', 'A: b\n\n', 'N: v\r\nA: b\n\n'],
  ['a header without blank line', 'A: b', 'N: v\r\nA: b'],
  ['a line without colon', 'junk\r\n\r\n', 'N: v\r\njunk\r\n\r\n'],
] as const) {
  test(`a field can be added to ${name}`, () => {
    const changed = edits(header);
    changed.add('N', 'v');
    assert.equal(written(changed), expected);
  });
}

for (const [name, forged] of [
  ['plainly', 'X-Postern: clean\r\n'],
  ['in another case', 'x-POSTERN: clean\r\n'],
  ['with blanks before the colon', 'X-Postern \t: clean\r\n'],
  ['with a fold before the colon', 'X-Postern\r\n : clean\r\n'],
  ['folded', 'X-Postern:\r\n clean\r\n\tand more\r\n'],
  ['with bare LF', 'X-Postern: clean\n'],
  ['with a bare CR', 'X-Postern: clean\r'],
] as const) {
  test(`a forged field written ${name} is removed`, () => {
    const changed = edits(`A: b\r\n${forged}C: d\r\n${forged}\r\n`);
    assert.equal(changed.remove('x-postern'), 2);
    assert.equal(changed.get('X-Postern'), undefined);
    assert.match(written(changed), /^A: b\r\nC: d\r\n/);
  });
}

test('a field hidden behind a bare CR goes without joining its neighbours', () => {
  const changed = edits('Subject: a\rX-Postern: clean\r\nC: d\r\n\r\n');
  assert.equal(changed.remove('X-Postern'), 1);
  assert.equal(written(changed), 'Subject: a\r\nC: d\r\n\r\n');
  const last = edits('Subject: a\rX-Postern: clean\r\n\r\n');
  last.remove('X-Postern');
  assert.equal(written(last), 'Subject: a\r\n\r\n');
});

test('a removed field leaves no blank line from a bare CR before it', () => {
  const changed = edits('A: b\r\n\rX-Postern: clean\r\nC: d\r\n\r\n');
  changed.remove('X-Postern');
  assert.equal(written(changed), 'A: b\r\nC: d\r\n\r\n');
});

test('remove takes only the fields whose value matches', () => {
  const changed = edits('A: 1\r\nA: 2\r\na: 1\r\n\r\n');
  assert.equal(
    changed.remove('A', (value) => value === '1'),
    2,
  );
  assert.equal(written(changed), 'A: 2\r\n\r\n');
});

test('remove asks about each value once, so that a caller may count', () => {
  const changed = edits('A: 1\r\nB: x\r\nA: 1\r\nA: 1\r\n\r\n');
  let seen = 0;
  assert.equal(
    changed.remove('A', () => {
      seen += 1;
      return seen > 1;
    }),
    2,
  );
  assert.equal(seen, 3);
  assert.equal(written(changed), 'A: 1\r\nB: x\r\n\r\n');
});

test('replace changes the first field in place and no other', () => {
  const changed = edits('A: 1\r\nSubject: old\r\n folded\r\nsubject: second\r\n\r\n');
  changed.replace('Subject', 'new');
  assert.equal(written(changed), 'A: 1\r\nSubject: new\r\nsubject: second\r\n\r\n');
});

test('replace adds the field when there is none, and changes an added one', () => {
  const changed = edits('A: 1\r\n\r\n');
  changed.replace('B', '2');
  changed.replace('b', '3');
  assert.equal(written(changed), 'b: 3\r\nA: 1\r\n\r\n');
});

test('replace with an equal value keeps the octets', () => {
  const changed = edits('SUBJECT :same\r\n\tfolded\r\n\r\n');
  changed.replace('Subject', 'same\tfolded');
  assert.equal(changed.isChanged, false);
});

test('restore undoes every edit since the snapshot', () => {
  const changed = edits('A: 1\r\n\r\n');
  const untouched = changed.snapshot();
  changed.add('B', '2');
  const second = changed.snapshot();
  changed.remove('A');
  changed.replace('B', '3');
  changed.restore(second);
  assert.equal(written(changed), 'B: 2\r\nA: 1\r\n\r\n');
  changed.restore(untouched);
  assert.equal(changed.isChanged, false);
  assert.equal(written(changed), 'A: 1\r\n\r\n');
});

test('an edit that fails changes nothing', () => {
  const changed = edits('A: 1\r\n\r\n');
  assert.throws(() => changed.add('B', 'x\r\nC: forged'), { code: 'HEADER_INVALID' });
  assert.throws(() => changed.replace('A B', 'x'), { code: 'HEADER_INVALID', fault: 'plugin' });
  assert.throws(() =>
    changed.remove('A', () => {
      throw new Error('from the caller');
    }),
  );
  assert.equal(changed.isChanged, false);
});

test('fields that no edit names keep their octets', () => {
  const field = fc.constantFrom(
    ...['Keep: a\r\n', 'keep : \xe9\n', 'junk\r\n', 'K: a\r\n b\r\n', '\0: x\r\n', ':x\r\n'],
    ...['Gone: 1\r\n', 'GONE\t:\r\n 2\r\n', 'Gone:\n'],
  );
  fc.assert(
    fc.property(fc.array(field, { maxLength: 20 }), (fields) => {
      const changed = edits(`${fields.join('')}\r\n`);
      changed.remove('gone');
      changed.add('New', 'v');
      const kept = fields.filter((text) => !/^gone/i.test(text)).join('');
      assert.equal(written(changed), `New: v\r\n${kept}\r\n`);
    }),
  );
});

test('an added field is always found again as written, in any header', () => {
  fc.assert(
    fc.property(awkwardHeader, (octets) => {
      const end = new HeaderEndFinder().push(octets);
      const header = new HeaderBlock(octets.subarray(0, end));
      const changed = new HeaderEdits(header);
      changed.remove('Subject');
      changed.add('X-New', 'value');
      const again = new HeaderBlock(changed.toBuffer());
      assert.equal(changed.octets, again.bytes.length);
      assert.equal(again.get('X-New'), 'value');
      assert.equal(again.get('Subject'), undefined);
      assert.deepEqual([...again.entries()], [...changed.entries()]);
      if (end !== undefined) {
        assert.equal(new HeaderEndFinder().push(again.bytes), again.bytes.length);
      }
    }),
  );
});

test('a hundred thousand fields are read and edited promptly', { timeout: 30_000 }, () => {
  const many = edits(`${'X-Name: some value\r\n'.repeat(100_000)}\r\n`);
  many.add('New', 'v');
  assert.equal(many.remove('X-Name'), 100_000);
  assert.equal(written(many), 'New: v\r\n\r\n');
});

test('fields are removed by the start of their name, however they are written', () => {
  const header =
    'X-Own-A: 1\r\nFrom: a\r\nx-OWN-b : 2\r\n folded\r\nX-Owner: 3\r\nX-Own-: 4\r\n\r\n';
  const edits = new HeaderEdits(new HeaderBlock(Buffer.from(header)));
  assert.equal(edits.removePrefixed('X-Own-'), 3);
  assert.equal(edits.toBuffer().toString(), 'From: a\r\nX-Owner: 3\r\n\r\n');
});

test('very many forged names are removed in one pass', () => {
  const forged = Array.from({ length: 50_000 }, (_, index) => `X-Own-${index}: 1\r\n`).join('');
  const edits = new HeaderEdits(new HeaderBlock(Buffer.from(`${forged}From: a\r\n\r\n`)));
  assert.equal(edits.removePrefixed('X-Own-'), 50_000);
  assert.equal(edits.toBuffer().toString(), 'From: a\r\n\r\n');
});
