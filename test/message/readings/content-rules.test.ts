import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MimeWalker } from '../../../src/message/mime-walk.ts';
import { fieldsOnTop, mayBeginWithField } from '../../../src/message/readings/content-rules.ts';
import { Outline } from '../../../src/message/readings/outline.ts';
import { octetsOf } from '../chunking.ts';

test('content that cannot begin with a field has none on top', () => {
  let without = 0;
  const content = octetsOf(
    ...['\r\n', '\n', '\r', ' ', '\t', '\xa0', '\x0b', 'Content-Type: a/b', 'MIME-Version : 1.0'],
    ...['Hello', 'Hello, ', 'a:', ':', '-', 'x'.repeat(61), ' '.repeat(30)],
  );
  fc.assert(
    fc.property(content, (octets) => {
      const walker = new MimeWalker();
      const outline = new Outline();
      outline.take(walker.push(Buffer.concat([Buffer.from('Subject: x\r\n\r\n'), octets])));
      outline.take(walker.end());
      const { root } = outline;
      assert.ok(root?.probe !== undefined);
      if (mayBeginWithField(root.probe.head)) return;
      without += 1;
      assert.deepEqual(fieldsOnTop(root, root.probe), []);
    }),
    { numRuns: 10_000 },
  );
  assert.ok(without > 1000, `${without} had no field on top`);
});
