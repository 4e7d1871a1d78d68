import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { withCrlf } from '../../../plugins/authentication/line-ends.ts';
import { collect } from '../../helpers/pipeline.ts';

async function* each(chunks: readonly string[]): AsyncGenerator<Buffer, void, void> {
  for (const chunk of chunks) yield Buffer.from(chunk, 'latin1');
}

test('every lone LF becomes CRLF, over any chunking, and nothing else changes', async () => {
  const anyChunk = fc.string({ unit: fc.constantFrom('\r', '\n', 'a', '\xff', '.'), maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.array(anyChunk), async (chunks) => {
      const converted = await collect(withCrlf(each(chunks)));
      const expected = chunks.join('').replaceAll(/(?<!\r)\n/g, '\r\n');
      assert.equal(converted.toString('latin1'), expected);
    }),
  );
});
