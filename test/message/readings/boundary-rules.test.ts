import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MimeWalker } from '../../../src/message/mime-walk.ts';
import {
  findingsIn,
  isDividedPlainly,
  standardBoundary,
} from '../../../src/message/readings/boundary-rules.ts';
import { LineSearch } from '../../../src/message/readings/line-search.ts';
import { Outline } from '../../../src/message/readings/outline.ts';

const multiparts = [
  'Content-Type: multipart/mixed; boundary=b\r\n\r\n',
  'Content-Type: multipart/mixed; boundary="b"\r\n\r\n',
  'Content-Type: multipart/alternative; boundary="bb"\r\n\r\n',
  'Content-Type: multipart/related; boundary=c; type="b"\r\n\r\n',
];
const oddMultiparts = [
  'Content-Type: multipart/mixed; boundary="b\xa0"\r\n\r\n',
  'Content-Type: multipart/mixed; boundary=""\r\n\r\n',
  'Content-Type: multipart/mixed\r\n\r\n',
  'Content-Type: multipart/mixed; boundary=b; boundary=c\r\n\r\n',
  'Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n',
];
const lines = ['--b\r\n', '--b--\r\n', '--bb\r\n', '--bb--\r\n', '--c\r\n', '--c--\r\n'];
const oddLines = [
  '--b \r\n',
  '--bx\r\n',
  '--"b"\r\n',
  '--\r\n',
  '--b-- \n',
  '--b--\xa0\r\n',
  '--d\r\n',
];

const message = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...multiparts, ...lines) },
      { weight: 4, arbitrary: fc.constantFrom('text\r\n', '\r\n', 'Content-Type: a/b\r\n\r\n') },
      { weight: 1, arbitrary: fc.constantFrom(...oddMultiparts, ...oddLines) },
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''));

test('nothing is found in a multipart that is divided plainly', () => {
  let plain = 0;
  fc.assert(
    fc.property(fc.constantFrom(...multiparts, ...oddMultiparts), message, (header, body) => {
      const octets = Buffer.from(header + body, 'latin1');
      const walker = new MimeWalker();
      const outline = new Outline();
      outline.take(walker.push(octets));
      outline.take(walker.end());
      const starts = outline.parts.flatMap(({ boundaries }) => boundaries.starts);
      const search = new LineSearch(starts.map((text) => ({ text, from: 0 })));
      search.push(octets);
      const dashes = search.end().filter((mark) => mark.kind === 'dashes');
      const known = Map.groupBy(outline.parts, (part) => standardBoundary(part));
      for (const part of outline.parts) {
        const inside = dashes.filter(({ start }) => start >= part.part.start && start < part.end);
        if (!isDividedPlainly(part, inside)) continue;
        plain += 1;
        assert.deepEqual(findingsIn(part, inside, known), []);
      }
    }),
    { numRuns: 10_000 },
  );
  assert.ok(plain > 500, `${plain} multiparts were divided plainly`);
});
