import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BareLineEndFinder } from '../../../plugins/attachment-policy/bare-line-ends.ts';
import plugin from '../../../plugins/attachment-policy/index.ts';
import { runPlugin } from '../../../src/pipeline/testing.ts';
import { cut } from '../../message/chunking.ts';

const header = 'Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n';

const cases: readonly [name: string, message: string, isHidden: boolean][] = [
  ['an ordinary multipart', `${header}--b\r\n\r\nx\r\n--b--\r\n`, false],
  ['CR within text', `${header}a\rb\r\r\nc\r-d\r`, false],
  ['lone LFs', 'Subject: x\n\na\n--b\n', false],
  ['CR CR LF in the header', 'Subject: x\r\r\nFrom: y\r\r\n\r\r\nz\r\n', false],
  ['a header field behind a CR', 'Subject: x\rContent-Type: text/html\r\n\r\nx\r\n', true],
  ['a boundary line behind a CR', `${header}text\r--b\rContent-Type: text/html\r\rx`, true],
  ['a message of CRs alone', `${header}--b\r\n`.replaceAll('\r\n', '\r'), true],
  ['an empty message', '', false],
];

for (const [name, message, isHidden] of cases) {
  test(`${name} ${isHidden ? 'is' : 'is not'} hidden structure`, async () => {
    const { verdict } = await runPlugin(plugin, {}, Buffer.from(message));
    assert.equal(verdict?.kind, isHidden ? 'block' : 'pass');
  });
}

test('the administrator says what becomes of it', async () => {
  const hidden = Buffer.from('Subject: x\rTo: y\r\n\r\nx\r\n');
  const kindOf = async (choice: string) =>
    (await runPlugin(plugin, { bare_line_ends: choice }, hidden)).verdict?.kind;
  assert.equal(await kindOf('flag'), 'flag');
  assert.equal(await kindOf('pass'), 'pass');
});

test('any chunking finds the same', () => {
  const text = fc
    .array(fc.constantFrom('\r', '\n', '-', '--', '\r\n', 'x'), { maxLength: 30 })
    .map((parts) => Buffer.from(parts.join('')));
  const found = (chunks: readonly Buffer[]): boolean => {
    const finder = new BareLineEndFinder();
    return chunks.some((chunk) => finder.push(chunk));
  };
  fc.assert(
    fc.property(
      text,
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 10 }),
      (message, lengths) => {
        assert.equal(found(cut(message, lengths)), found([message]));
      },
    ),
    { numRuns: 2000 },
  );
});
