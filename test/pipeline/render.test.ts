import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeaderBlock, HeaderEdits } from '../../src/message/header-block.ts';
import { paddingMinOctets } from '../../src/message/padding.ts';
import { MessageEdits } from '../../src/pipeline/message-edits.ts';
import { removeForgedFields } from '../../src/pipeline/own-fields.ts';
import {
  describeFindings,
  firstLines,
  nameFindings,
  type Rendered,
  renderArriving,
  renderEdited,
  renderOwn,
} from '../../src/pipeline/render.ts';
import { block } from '../../src/plugin-api/verdict.ts';
import { collect, emptyMessage, wholeMessage } from '../helpers/pipeline.ts';
import { cut, octetsOf } from '../message/chunking.ts';

async function wholeOf(rendered: Rendered): Promise<Buffer> {
  const body = await collect(rendered.body());
  const whole = Buffer.concat([rendered.head, body]);
  if (rendered.octets !== undefined) assert.equal(rendered.octets, whole.length);
  const inMemory = rendered.bodyInMemory();
  if (inMemory !== undefined) assert.deepEqual(Buffer.concat(inMemory), body);
  return whole;
}

const messages = octetsOf('\r\n', '\n', '\r\n\r\n', 'Subject: x', 'a', ': ', ' folded', '.');

test('a message that nobody looks at keeps every octet, and goes on while it arrives', async () => {
  await fc.assert(
    fc.asyncProperty(messages, async (content) => {
      const { spool } = emptyMessage();
      const rendered = renderArriving(spool);
      assert.equal(rendered.octets, undefined);
      const whole = wholeOf(rendered);
      for (const chunk of cut(content, [5])) spool.write(chunk);
      spool.complete();
      assert.deepEqual(await whole, content);
    }),
  );
});

test('a message whose header was looked at but not edited keeps every octet', async () => {
  await fc.assert(
    fc.asyncProperty(messages, async (content) => {
      const message = wholeMessage(content);
      const header = await message.header();
      const rendered = renderEdited(new MessageEdits(message.spool, header), undefined);
      assert.deepEqual(await wholeOf(rendered), content);
    }),
  );
});

test('an edited message has as many octets as it says, and its body is untouched', async () => {
  await fc.assert(
    fc.asyncProperty(messages, messages, async (start, body) => {
      const message = wholeMessage(Buffer.concat([start, Buffer.from('\r\n\r\n'), body]));
      const header = await message.header();
      const edits = new MessageEdits(message.spool, header);
      edits.header.add('X-Added', 'y');
      edits.header.remove('Subject');
      const whole = await wholeOf(renderEdited(edits, undefined));
      const before = await collect(message.spool.read(header.bytes.length));
      assert.deepEqual(whole.subarray(whole.length - before.length), before);
      assert.ok(whole.includes('X-Added: y\r\n'));
    }),
  );
});

test('a message of our own has as many octets as it says', async () => {
  const rendered = renderOwn(Buffer.from('A: b\r\n\r\n'), Buffer.from('text\r\n'));
  assert.equal((await wholeOf(rendered)).toString(), 'A: b\r\n\r\ntext\r\n');
});

/** What RFC 1939 s.7 asks of TOP, the slow way. */
function linesOf(body: Buffer, count: number): Buffer {
  const lines = body.toString('latin1').split(/(?<=\n)/);
  return Buffer.from(lines.slice(0, count).join(''), 'latin1');
}

test('the first lines are the same over any chunking', async () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(
      messages,
      lengths,
      fc.integer({ min: 0, max: 12 }),
      async (body, sizes, count) => {
        async function* pieces(): AsyncGenerator<Buffer> {
          yield* cut(body, sizes);
        }
        assert.deepEqual(await collect(firstLines(pieces(), count)), linesOf(body, count));
      },
    ),
  );
});

test('the source of the first lines is let go of, and not touched for none', async () => {
  let state = 'untouched';
  async function* pieces(): AsyncGenerator<Buffer> {
    state = 'open';
    try {
      yield Buffer.from('a\r\nb\r\n');
      yield Buffer.from('c\r\n');
    } finally {
      state = 'closed';
    }
  }
  await collect(firstLines(pieces(), 0));
  assert.equal(state, 'untouched');
  assert.equal((await collect(firstLines(pieces(), 1))).toString(), 'a\r\n');
  assert.equal(state, 'closed');
});

test('findings are one header line that nothing can break out of', () => {
  const text = describeFindings([
    { plugin: 'a', block: block('x\r\nBcc: evil\u202e\0') },
    { plugin: 'b', block: block('y'.repeat(5000)) },
  ]);
  assert.match(text, /^[\x20-\x7e]*$/);
  assert.ok(text.startsWith('a=x??Bcc: evil??, b=yyy'));
  assert.ok(text.length <= 900);
});

test('fields that only Postern may write are removed, whatever their case', () => {
  const edits = new HeaderEdits(
    new HeaderBlock(
      Buffer.from(
        'x-postern-finding: none\r\nSubject: x\r\nX-POSTERN-OTHER: y\r\nX-Post: z\r\n\r\n',
      ),
    ),
  );
  removeForgedFields(edits);
  nameFindings(edits, [{ plugin: 'a', block: block('x') }]);
  assert.equal(
    edits.toBuffer().toString(),
    'X-Postern-Finding: a=x\r\nSubject: x\r\nX-Post: z\r\n\r\n',
  );
});

test('a message is filled to the size that was announced, where one field can do that', async () => {
  const content = 'Subject: x\r\n\r\nbody\r\n';
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: -50, max: 9000 }), async (missing) => {
      const message = wholeMessage(content);
      const header = await message.header();
      const target = content.length + missing;
      const rendered = renderEdited(new MessageEdits(message.spool, header), target);
      const whole = await wholeOf(rendered);
      const isMet = missing >= paddingMinOctets && missing <= 8192;
      assert.equal(whole.length, isMet ? target : content.length);
      assert.ok(whole.toString().endsWith('\r\n\r\nbody\r\n'));
    }),
  );
});
