import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineCutter } from '../../../src/app/workers/line-cutter.ts';

test('however octets arrive, only whole lines come out, and all of them', () => {
  const piece = fc.array(fc.constantFrom('a', 'ä', '\n')).map((letters) => letters.join(''));
  fc.assert(
    fc.property(fc.array(piece), fc.integer({ min: 1, max: 5 }), (pieces, size) => {
      const text = Buffer.from(pieces.join(''));
      const cutter = new LineCutter();
      const out: Buffer[] = [];
      for (let at = 0; at < text.length; at += size) {
        const lines = cutter.take(text.subarray(at, at + size));
        if (lines === undefined) continue;
        assert.equal(lines.at(-1), 0x0a);
        out.push(lines);
      }
      const rest = cutter.end();
      if (rest !== undefined) out.push(rest);
      const whole = text.toString();
      const expected = whole === '' || whole.endsWith('\n') ? whole : `${whole}\n`;
      assert.equal(Buffer.concat(out).toString(), expected);
    }),
  );
});
