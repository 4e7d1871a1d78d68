import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseMimeValue } from '../../../src/message/mime-parameters.ts';
import {
  type BoundaryCandidate,
  BoundaryCandidates,
} from '../../../src/message/readings/boundary-candidates.ts';

const candidatesOf = (...values: readonly string[]): BoundaryCandidates =>
  new BoundaryCandidates(values.map(parseMimeValue));

for (const [value, expected] of [
  ['text/plain; charset=utf-8', []],
  ['multipart/mixed; boundary=b', ['b']],
  ['multipart/mixed; boundary="b"; charset=utf-8', ['b', '"b"']],
  ['multipart/mixed; charset=utf-8; Boundary="----=_1.2" ', ['----=_1.2', '"----=_1.2"']],
] as const) {
  test(`lines of interest to ${value} begin with ${expected.join(' or ') || 'nothing'}`, () => {
    assert.deepEqual(candidatesOf(value).starts, expected);
  });
}

test('other ways to write a boundary are candidates as they stand', () => {
  const candidates = candidatesOf('multipart/mixed; boundary="a b"; boundary*0=c');
  const found = candidates.all().map(({ boundary, origin }) => `${boundary}: ${origin}`);
  assert.ok(found.includes('a b: duplicate-boundary'));
  assert.ok(found.includes('c: continued-boundary'));
  assert.ok(found.includes('ab: boundary-spelling'));
});

const value = fc
  .tuple(
    fc.constantFrom('multipart/mixed', 'text/plain', 'multipart', 'a="'),
    fc.array(
      fc.oneof(
        {
          weight: 4,
          arbitrary: fc.constantFrom(
            '; boundary=b',
            '; boundary="b"',
            ';BOUNDARY="--=_b"; ',
            '; charset=utf-8',
            '; name="=?utf-8?q?x?="',
            '; boundary="=?utf-8?q?b?="',
            '; boundary*0=b',
            `; boundary=${'b'.repeat(66)}`,
            `; boundary="${'b'.repeat(69)}"`,
          ),
        },
        { weight: 1, arbitrary: fc.constantFrom(...'b"\'\\;=-?%4( )\t\0/'.split('')) },
      ),
      { maxLength: 5 },
    ),
  )
  .map(([head, rest]) => `${head}${rest.join('')}`);

const line = fc
  .array(
    fc.constantFrom('b', '"b"', '--', '-', '=_', '"', ';', ' ', 'b'.repeat(66), 'b'.repeat(69)),
    { maxLength: 4 },
  )
  .map((pieces) => pieces.join(''));

test('the short list begins the same lines as the long one', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 2 }), line, (values, text) => {
      const candidates = candidatesOf(...values);
      assert.equal(
        candidates.starts.some((start) => text.startsWith(start)),
        candidates.all().some(({ boundary }) => text.startsWith(boundary)),
      );
    }),
    { numRuns: 5000 },
  );
});

/** Of those that make the same line the first counts. */
function originsByLine(found: readonly BoundaryCandidate[]): Map<string, string> {
  return new Map(found.toReversed().map(({ boundary, origin }) => [boundary.trimEnd(), origin]));
}

test('the candidates in some lines are those of the long list', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 2 }), fc.array(line), (values, texts) => {
      const lines = new Set(texts.map((text) => text.trimEnd()));
      const candidates = candidatesOf(...values);
      const long = candidates.all().filter(({ boundary }) => lines.has(boundary.trimEnd()));
      assert.deepEqual(originsByLine(candidates.in(lines)), originsByLine(long));
    }),
    { numRuns: 5000 },
  );
});
