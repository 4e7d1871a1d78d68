import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ChainHead } from '../../src/base/chain-head.ts';
import { ChainVerifier, type Flaw, type VerifierOptions } from '../../src/base/chain-verifier.ts';
import {
  type ChainPoint,
  chainStart,
  type LinkNotes,
  sealLine,
} from '../../src/base/hash-chain.ts';
import { OctetLines } from '../../src/base/octet-lines.ts';

const key = Buffer.from('0123456789abcdef');

interface Chain {
  /** With their line ends. */
  readonly lines: readonly string[];
  readonly points: readonly ChainPoint[];
}

function chainOf(count: number, notes: Readonly<Record<number, LinkNotes>> = {}): Chain {
  const lines: string[] = [];
  const points: ChainPoint[] = [];
  let last = chainStart;
  for (let index = 0; index < count; index += 1) {
    const fields = JSON.stringify({ event: `number ${index + 1}` });
    const { octets, point } = sealLine(last, notes[index] ?? {}, fields, key);
    lines.push(octets.toString());
    points.push(point);
    last = point;
  }
  return { lines, points };
}

function headAt({ points }: Chain, changes: Partial<ChainHead> = {}): ChainHead {
  const last = points.at(-1) ?? chainStart;
  return { last, start: chainStart, lastAt: 0, rotations: 0, sinceMs: 0, ...changes };
}

/** Verifies files with these contents. */
function verify(
  files: readonly string[],
  options: Partial<VerifierOptions> = {},
): {
  readonly flaw: Flaw | undefined;
  readonly remarks: readonly string[];
  readonly lostCheckpoints: number;
} {
  const verifier = new ChainVerifier({ key, head: undefined, extent: 'whole', ...options });
  for (const [index, text] of files.entries()) {
    verifier.startFile();
    const splitter = new OctetLines(10_000);
    const lines = [...splitter.push(Buffer.from(text))];
    const rest = splitter.end();
    if (rest !== undefined) lines.push(rest);
    for (const [number, line] of lines.entries()) {
      verifier.push(line, { file: `f${index + 1}`, line: number + 1 });
    }
  }
  const flaw = verifier.end();
  const { lostCheckpoints } = verifier;
  return { flaw, lostCheckpoints, remarks: verifier.remarks.map(({ text }) => text) };
}

function shown(flaw: Flaw | undefined): string {
  if (flaw === undefined) return 'whole';
  const { kind, at } = flaw;
  return at === undefined ? kind : `${kind} ${at.file}:${at.line}`;
}

const five = chainOf(5);
const head = headAt(five);

test('a chain as it was written is whole, in one file or in several', () => {
  for (let cut = 0; cut <= 5; cut += 1) {
    const files = [five.lines.slice(0, cut).join(''), five.lines.slice(cut).join('')];
    assert.equal(shown(verify(files, { head }).flaw), 'whole');
  }
  assert.equal(shown(verify([], { head: headAt(chainOf(0)) }).flaw), 'whole');
});

/** Five lines, changed, and what is found. */
const changes: readonly (readonly [string, (lines: string[]) => string[], string])[] = [
  ['a changed word', (l) => l.with(2, l[2]!.replace('number', 'nomber')), 'edited f1:3'],
  ['a changed number', (l) => l.with(2, l[2]!.replace('"seq":3', '"seq":4')), 'edited f1:3'],
  ['a line that is none', (l) => l.with(2, 'nothing\n'), 'edited f1:3'],
  ['a first line that is none', (l) => l.with(0, 'nothing\n'), 'edited f1:1'],
  ['a last line that is none', (l) => l.with(4, 'nothing\n'), 'edited f1:5'],
  ['an added line', (l) => l.toSpliced(2, 0, 'nothing\n'), 'inserted f1:3'],
  ['an empty line', (l) => l.toSpliced(2, 0, '\n'), 'inserted f1:3'],
  ['a line twice', (l) => l.toSpliced(3, 0, l[1]!), 'inserted f1:4'],
  ['the first line gone', (l) => l.slice(1), 'missing f1:1'],
  ['a line gone', (l) => l.toSpliced(2, 1), 'missing f1:3'],
  ['two lines gone', (l) => l.toSpliced(1, 2), 'missing f1:2'],
  ['the last line gone', (l) => l.slice(0, 4), 'truncated'],
  ['all lines gone', () => [], 'truncated'],
  ['two lines swapped', (l) => l.with(1, l[2]!).with(2, l[1]!), 'reordered f1:2'],
  ['the last line first', (l) => [l[4]!, ...l.slice(0, 4)], 'reordered f1:1'],
];

for (const [name, change, expected] of changes) {
  test(`found: ${name}`, () => {
    assert.equal(shown(verify([change([...five.lines]).join('')], { head }).flaw), expected);
  });
}

test('any change of the octets of a chain is found', () => {
  const whole = Buffer.from(five.lines.join(''));
  const anyPlace = fc.nat({ max: whole.length });
  fc.assert(
    fc.property(anyPlace, anyPlace, fc.uint8Array({ maxLength: 200 }), (from, length, put) => {
      const end = Math.min(whole.length, from + length);
      const changed = Buffer.concat([whole.subarray(0, from), put, whole.subarray(end)]);
      // Octets behind the last line are the beginning of one that is being written.
      const isOnlyMore = changed.subarray(0, whole.length).equals(whole);
      // So is a last line that only lacks its line end.
      const isAllButEnd = changed.equals(whole.subarray(0, -1));
      fc.pre(!isOnlyMore && !isAllButEnd);
      assert.notEqual(verify([changed.toString('latin1')], { head }).flaw, undefined);
    }),
    { numRuns: 300 },
  );
});

test('any other order or choice of whole lines is found', () => {
  const anyOrder = fc.array(fc.nat({ max: 4 }), { maxLength: 7 });
  fc.assert(
    fc.property(anyOrder, (order) => {
      fc.pre(order.join() !== '0,1,2,3,4');
      const text = order.map((index) => five.lines[index]).join('');
      assert.notEqual(verify([text], { head }).flaw, undefined);
    }),
  );
});

test('a chain that somebody made anew without the key is found', () => {
  let last = chainStart;
  const forged = five.lines.map((line) => {
    const sealedAnew = sealLine(last, {}, JSON.stringify({ event: line.length }), undefined);
    last = sealedAnew.point;
    return sealedAnew.octets.toString();
  });
  assert.equal(shown(verify([forged.join('')], { head }).flaw), 'edited f1:1');
});

test('without a key a chain made anew from some line on differs from the checkpoint', () => {
  const first = sealLine(chainStart, {}, '{"event":"one"}', undefined);
  const truth = sealLine(first.point, {}, '{"event":"two"}', undefined);
  const lie = sealLine(first.point, {}, '{"event":"new"}', undefined);
  const known = { ...head, last: truth.point };
  const text = `${first.octets}${lie.octets}`;
  assert.equal(shown(verify([text], { key: undefined, head: known }).flaw), 'edited f1:2');
  assert.equal(shown(verify([text], { key: undefined }).flaw), 'whole');
});

test('a line after one that was changed and hashed again does not follow from it', () => {
  const first = sealLine(chainStart, {}, '{"event":"one"}', undefined);
  const second = sealLine(first.point, {}, '{"event":"two"}', undefined);
  const lie = sealLine(chainStart, {}, '{"event":"new"}', undefined);
  const { flaw } = verify([`${lie.octets}${second.octets}`], { key: undefined });
  assert.equal(shown(flaw), 'edited f1:2');
});

test('lines that came after the checkpoint are no flaw', () => {
  assert.equal(shown(verify([five.lines.join('')], { head: headAt(chainOf(3)) }).flaw), 'whole');
});

test('older lines may be gone up to where the checkpoint says, and not further', () => {
  const kept = headAt(five, { start: five.points[1]! });
  const from = (index: number): string => five.lines.slice(index).join('');
  assert.equal(shown(verify([from(2)], { head: kept }).flaw), 'whole');
  assert.equal(shown(verify([from(3)], { head: kept }).flaw), 'missing f1:1');
  // Their removal was recorded, but has not taken place.
  assert.equal(shown(verify([from(1)], { head: kept }).flaw), 'whole');
  assert.equal(shown(verify([from(0)], { head: kept }).flaw), 'whole');
  const forged = headAt(five, { start: { seq: 2, hash: 'f'.repeat(64) } });
  assert.equal(shown(verify([from(2)], { head: forged }).flaw), 'edited f1:1');
  assert.equal(shown(verify([from(1)], { head: forged }).flaw), 'edited f1:1');
});

test('a part of a chain may begin and end anywhere, but has no gap', () => {
  const part = { extent: 'part' } as const;
  assert.equal(shown(verify([five.lines.slice(1, 4).join('')], part).flaw), 'whole');
  const gap = five.lines.slice(1).toSpliced(1, 1).join('');
  assert.equal(shown(verify([gap], part).flaw), 'missing f1:2');
});

test('octets of a torn line are accounted for by the line behind them, to the octet', () => {
  const { lines } = chainOf(3, { 2: { torn: 4 } });
  const [a = '', b = '', c = ''] = lines;
  const sound = verify([`${a}${b}{"se\n${c}`]);
  assert.equal(shown(sound.flaw), 'whole');
  assert.deepEqual(sound.remarks, ['4 octets of a torn line']);
  assert.equal(shown(verify([`${a}${b}{"se`, c]).flaw), 'whole');
  assert.equal(shown(verify([`${a}${b}{"seq\n${c}`]).flaw), 'torn f1:4');
  assert.equal(shown(verify([`${a}${b}${c}`]).flaw), 'torn f1:3');
  assert.equal(shown(verify([`${a}{"se\n${b}${c}`]).flaw), 'inserted f1:2');
});

test('a torn line at the very end is a remark, as long as no known line is missing', () => {
  const [a = '', b = ''] = five.lines;
  const known = headAt(chainOf(1));
  const sound = verify([`${a}${b.slice(0, 20)}`], { head: known });
  assert.equal(shown(sound.flaw), 'whole');
  assert.deepEqual(sound.remarks, ['20 octets of a torn line at the end']);
  const short = verify([`${a}${b.slice(0, 20)}`], { head: headAt(chainOf(2)) });
  assert.equal(shown(short.flaw), 'edited f1:2');
});

test('a line that only lacks its line end counts, wherever the next one stands', () => {
  const [a = '', b = '', c = ''] = five.lines;
  assert.equal(shown(verify([a, b.trimEnd()], { head: headAt(chainOf(2)) }).flaw), 'whole');
  assert.equal(shown(verify([`${a}${b}`.trimEnd(), c]).flaw), 'whole');
});

test('what stood in the file before the chain began is accounted for', () => {
  const { lines } = chainOf(2, { 0: { unchained: 9 } });
  const sound = verify([`old line\n\n${lines.join('')}`]);
  assert.equal(shown(sound.flaw), 'whole');
  assert.deepEqual(sound.remarks, ['9 octets from before the trail began']);
  assert.equal(shown(verify([`olt line\n\n${lines.join('')}`]).flaw), 'whole');
  assert.equal(shown(verify([lines.join('')]).flaw), 'torn f1:1');
});

test('that a checkpoint was lost is remarked', () => {
  const { lines } = chainOf(2, { 1: { head: 'missing' } });
  const result = verify([lines.join('')]);
  assert.equal(result.lostCheckpoints, 1);
  assert.deepEqual(result.remarks, [
    'there was no checkpoint when the trail was opened here; lines may be missing before it',
  ]);
});
