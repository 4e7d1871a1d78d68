import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { walkParts } from '../../src/pipeline/part-walk.ts';
import type { MessagePart } from '../../src/plugin-api/message-view.ts';
import { collect, withCode } from '../helpers/pipeline.ts';
import { chunkLengths, cut } from '../message/chunking.ts';

const crlf = (...lines: readonly string[]): string => `${lines.join('\r\n')}\r\n`;

const letter = crlf(
  'Content-Type: multipart/mixed; boundary=b',
  '',
  'preamble',
  '--b',
  'Content-Type: text/plain',
  '',
  'hello',
  '--b',
  'Content-Type: application/octet-stream; name="x.bin"',
  'Content-Transfer-Encoding: base64',
  '',
  Buffer.from('0123456789'.repeat(20)).toString('base64'),
  '--b',
  'Content-Type: text/plain',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'a=3Db',
  '--b--',
);

async function* pieces(text: string, lengths: readonly number[] = [50]): AsyncGenerator<Buffer> {
  yield* cut(Buffer.from(text, 'latin1'), lengths);
}

test('parts come in order, with their content decoded, over any chunking', async () => {
  await fc.assert(
    fc.asyncProperty(chunkLengths, async (lengths) => {
      const seen: [string, boolean, string][] = [];
      for await (const part of walkParts(pieces(letter, lengths))) {
        const content = (await collect(part.content())).toString();
        seen.push([part.path, part.isContainer, content]);
      }
      assert.deepEqual(seen, [
        ['1', true, ''],
        ['1.1', false, 'hello'],
        ['1.2', false, '0123456789'.repeat(20)],
        ['1.3', false, 'a=b'],
      ]);
    }),
    { numRuns: 50 },
  );
});

test('parts whose content nobody asks for are passed over', async () => {
  const paths: string[] = [];
  for await (const part of walkParts(pieces(letter))) paths.push(part.path);
  assert.deepEqual(paths, ['1', '1.1', '1.2', '1.3']);
});

test('content that was only begun does not run into the next part', async () => {
  const contents: string[] = [];
  for await (const part of walkParts(pieces(letter, [7]))) {
    for await (const piece of part.content()) {
      contents.push(`${part.path} ${piece.toString()[0]}`);
      break;
    }
  }
  assert.deepEqual(contents, ['1.1 h', '1.2 0', '1.3 a']);
});

async function partAt(path: string, lengths: readonly number[]): Promise<MessagePart> {
  for await (const part of walkParts(unending(letter, lengths))) {
    if (part.path === path) return part;
  }
  return assert.fail(`no part ${path}`);
}

/** Leaving a walk closes it; this source lets a part be read all the same. */
function unending(text: string, lengths: readonly number[]): AsyncIterable<Buffer> {
  const iterator = pieces(text, lengths);
  return { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) };
}

test('the head of a part is what its content begins with, and takes nothing from it', async () => {
  const whole = '0123456789'.repeat(20);
  await fc.assert(
    fc.asyncProperty(chunkLengths, fc.integer({ min: 0, max: 250 }), async (lengths, length) => {
      const part = await partAt('1.2', lengths);
      assert.equal((await part.head(length)).toString(), whole.slice(0, length));
      assert.equal((await part.head(5)).toString(), whole.slice(0, 5));
      assert.equal((await collect(part.content())).toString(), whole);
    }),
    { numRuns: 50 },
  );
});

test('leaving the walk lets go of the message', async () => {
  let isClosed = false;
  async function* source(): AsyncGenerator<Buffer> {
    try {
      yield* pieces(letter);
    } finally {
      isClosed = true;
    }
  }
  for await (const part of walkParts(source())) {
    if (part.path === '1.1') break;
  }
  assert.equal(isClosed, true);
});

const nested = `${Array.from({ length: 40 }, (_, depth) =>
  crlf(`Content-Type: multipart/mixed; boundary=b${depth}`, '', `--b${depth}`),
).join('')}${crlf('', 'deep')}`;
const manyParts = `${crlf('Content-Type: multipart/mixed; boundary=b', '')}${crlf('--b', '', 'x').repeat(3000)}`;
const longHeader = crlf(`X: ${'a'.repeat(300_000)}`, '', 'x');

for (const [what, text] of Object.entries({ nested, manyParts, longHeader })) {
  test(`a message that cannot be seen whole fails the walk: ${what}`, async () => {
    await assert.rejects(async () => {
      for await (const _part of walkParts(pieces(text, [4096])));
    }, withCode('MESSAGE_TOO_COMPLEX'));
  });

  test(`a message that cannot be seen whole fails the reading of content: ${what}`, async () => {
    await assert.rejects(async () => {
      for await (const part of walkParts(pieces(text, [4096]))) await collect(part.content());
    }, withCode('MESSAGE_TOO_COMPLEX'));
  });
}
