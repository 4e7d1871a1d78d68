import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { wantedUntil } from '../../src/pipeline/interest.ts';
import { walkParts } from '../../src/pipeline/part-walk.ts';
import { searchReadings, searchWhole } from '../../src/pipeline/reading-search.ts';
import { MessageSource } from '../../src/pipeline/reading-source.ts';
import { walkWhole, wholeMaxOctets, wholeParts } from '../../src/pipeline/whole-message.ts';
import type { MessagePart } from '../../src/plugin-api/message-view.ts';
import { filePart, withPart } from '../helpers/ambiguous/case.ts';
import { ambiguousMessages } from '../helpers/ambiguous-messages.ts';
import { mailSample } from '../helpers/corpus.ts';
import { eicarVariants, harmlessVariants, lookAlikeVariants } from '../helpers/eicar-variants.ts';
import { collect, wholeMessage, withCode } from '../helpers/pipeline.ts';
import { cut } from '../message/chunking.ts';

const ordinary = Buffer.from(withPart(...filePart));
const signal = new AbortController().signal;

async function* stream(octets: Buffer): AsyncGenerator<Buffer, void, void> {
  yield octets;
}

async function all(parts: AsyncIterable<MessagePart>): Promise<MessagePart[]> {
  const found: MessagePart[] = [];
  for await (const part of parts) found.push(part);
  return found;
}

async function told(parts: AsyncIterable<MessagePart>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const part of parts) {
    const { path, depth, contentType, fileNames, isContainer, headers } = part;
    const head = (await part.head(20)).toString('latin1');
    const content = await collect(part.content());
    const fields = [...headers.entries()];
    all.push({ path, depth, contentType, fileNames, isContainer, fields, head, content });
  }
  return all;
}

/** What is told of a message in memory is what is told of one that arrives. */
async function checkAgreement(octets: Buffer, lengths: readonly number[]): Promise<void> {
  const whole = walkWhole(cut(octets, lengths));
  if (whole === undefined) return;
  assert.deepEqual(await told(wholeParts(whole, signal)), await told(walkParts(stream(octets))));
  const found = searchWhole(whole);
  const source = new MessageSource((start) => stream(octets.subarray(start)));
  if (found !== undefined) assert.deepEqual(found, await searchReadings(source));
}

test('ambiguous messages are told alike in memory and while they arrive', async () => {
  for (const { octets } of ambiguousMessages()) await checkAgreement(octets, [octets.length]);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ambiguousMessages()),
      fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 3 }),
      async ({ octets }, lengths) => checkAgreement(octets, lengths),
    ),
    { numRuns: 150 },
  );
});

test('every wrapping of the test virus is told alike', async () => {
  for (const { octets, megabytes = 0 } of [
    ...eicarVariants(),
    ...harmlessVariants(),
    ...lookAlikeVariants(),
  ]) {
    if (megabytes < 1) await checkAgreement(octets(), [wholeMaxOctets]);
  }
});

test('real mail is told alike', async (t) => {
  for (const octets of await mailSample(t, 200, 5)) await checkAgreement(octets, [4096]);
});

test('an ordinary message in memory is walked once for all who ask, and not read', async () => {
  const message = wholeMessage(ordinary);
  message.spool.read = () => assert.fail('it was read');
  const view = message.viewWhile(wantedUntil(signal));
  assert.deepEqual(await view.ambiguities(), []);
  const [root, ...others] = await all(view.parts());
  assert.equal(others.length, 2);
  assert.equal(root?.headers, await view.headers());
  assert.deepEqual(await all(view.otherReadings()), []);
});

test('content is there once, and only until the next part is asked for', async () => {
  const whole = walkWhole([ordinary]);
  assert.ok(whole !== undefined);
  const seen: MessagePart[] = [];
  for await (const part of wholeParts(whole, signal)) {
    seen.push(part);
    if (part.path !== '1.1') continue;
    assert.ok((await collect(part.content())).length > 0);
    assert.equal((await collect(part.content())).length, 0);
  }
  const [, , file] = seen;
  assert.ok(file !== undefined);
  assert.equal((await collect(file.content())).length, 0);
});

test('nothing is read for a plugin that is no longer waited for', async () => {
  const aborting = new AbortController();
  const parts = wholeMessage(ordinary)
    .viewWhile(wantedUntil(aborting.signal))
    .parts()
    [Symbol.asyncIterator]();
  const first = await parts.next();
  aborting.abort(new Error('too late'));
  assert.ok(first.done !== true);
  await assert.rejects(first.value.head(10), /too late/);
  await assert.rejects(parts.next(), /too late/);
});

test('a message that cannot be seen whole is refused in memory too', async () => {
  const parts = '--one\r\n\r\nx\r\n'.repeat(2100);
  const text = `Content-Type: multipart/mixed; boundary=one\r\n\r\n${parts}`;
  assert.ok(text.length < wholeMaxOctets);
  const view = wholeMessage(text).viewWhile(wantedUntil(signal));
  await assert.rejects(told(view.parts()), withCode('MESSAGE_TOO_COMPLEX'));
  const kinds = (await view.ambiguities()).map(({ kind }) => kind);
  assert.ok(kinds.includes('too-many-readings'));
});

test('a large message is read in pieces', () => {
  assert.equal(wholeMessage(Buffer.alloc(wholeMaxOctets + 1, 'a')).content.whole(), undefined);
});
