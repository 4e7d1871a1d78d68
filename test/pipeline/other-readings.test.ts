import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ambiguityKinds } from '../../src/message/ambiguity.ts';
import { tnefSignature } from '../../src/message/readings/tnef.ts';
import { wantedUntil } from '../../src/pipeline/interest.ts';
import type { MessagePart, MessageView } from '../../src/plugin-api/message-view.ts';
import { letter, payload } from '../helpers/ambiguous/case.ts';
import { ambiguousMessages } from '../helpers/ambiguous-messages.ts';
import { collect, emptyMessage, lost, wholeMessage, withCode } from '../helpers/pipeline.ts';
import { uuencode } from '../helpers/wrapped-files.ts';
import { cut } from '../message/chunking.ts';

function viewOf(octets: Buffer): MessageView {
  return wholeMessage(octets).viewWhile(wantedUntil(new AbortController().signal));
}

/** Paths of the parts that show the payload; winmail.dat around it does not. */
async function pathsWithPayload(parts: AsyncIterable<MessagePart>): Promise<string[]> {
  const paths: string[] = [];
  for await (const part of parts) {
    const content = await collect(part.content());
    const isWrapped = content.subarray(0, tnefSignature.length).equals(tnefSignature);
    if (content.includes(payload) && !isWrapped) paths.push(part.path);
  }
  return paths;
}

for (const { name, kinds, octets, shownBy } of ambiguousMessages()) {
  test(`${name}: ${kinds.join(', ') || 'not ambiguous'}, shown by ${shownBy}`, async () => {
    const view = viewOf(octets);
    const found = await view.ambiguities();
    const told = found.map(({ kind }) => kind);
    for (const kind of kinds) assert.ok(told.includes(kind), `${kind} not among ${told.join(' ')}`);
    if (kinds.length === 0) assert.deepEqual(told, []);
    for (const { kind, reach } of found) assert.equal(reach, ambiguityKinds[kind as never]);
    const inParts = await pathsWithPayload(view.parts());
    const inReadings = await pathsWithPayload(view.otherReadings());
    assert.equal(inParts.length > 0, shownBy === 'parts', `in parts: ${inParts.join(' ')}`);
    if (shownBy !== 'parts') {
      assert.equal(inReadings.length > 0, shownBy === 'readings', told.join(' '));
    }
  });
}

test('every kind but one has a message in the collection', () => {
  const kinds = new Set(ambiguousMessages().flatMap((message) => message.kinds));
  const missing = Object.keys(ambiguityKinds).filter((kind) => !kinds.has(kind));
  assert.deepEqual(missing, ['too-many-readings']);
});

const hidden = letter(['Content-Type: text/plain'], 'See below.', uuencode('file.com', payload));

async function all(parts: AsyncIterable<MessagePart>): Promise<MessagePart[]> {
  const found: MessagePart[] = [];
  for await (const part of parts) found.push(part);
  return found;
}

test('a part of another reading tells what every part tells', async () => {
  const [container, file, ...others] = await all(viewOf(Buffer.from(hidden)).otherReadings());
  assert.equal(others.length, 0);
  assert.deepEqual(
    [container?.path, container?.isContainer, container?.depth],
    ['1~uuencode', true, 0],
  );
  assert.deepEqual([file?.path, file?.isContainer, file?.depth], ['1~uuencode.1', false, 1]);
  assert.deepEqual(file?.fileNames, ['file.com']);
  assert.equal(file?.contentType, 'application/octet-stream');
});

test('the head of such a part takes nothing from its content', async () => {
  for await (const part of viewOf(Buffer.from(hidden)).otherReadings()) {
    if (part.isContainer) continue;
    assert.deepEqual(await part.head(4), payload.subarray(0, 4));
    assert.deepEqual(await collect(part.content()), payload);
  }
});

test('several plugins ask, the search runs once', async () => {
  const message = wholeMessage(hidden);
  const reads: number[] = [];
  const read = message.spool.read.bind(message.spool);
  message.spool.read = (from = 0) => {
    reads.push(from);
    return read(from);
  };
  const views = [1, 2, 3].map(() => message.viewWhile(wantedUntil(new AbortController().signal)));
  const found = await Promise.all(views.map((view) => view.ambiguities()));
  const ofSearch = reads.length;
  assert.equal(found[0], found[2]);
  await views[0]?.ambiguities();
  assert.equal(reads.length, ofSearch);
});

test('a message that is still arriving is waited for', async () => {
  const message = emptyMessage();
  const view = message.viewWhile(wantedUntil(new AbortController().signal));
  const kinds = view.ambiguities().then((found) => found.map(({ kind }) => kind));
  const paths = pathsWithPayload(view.otherReadings());
  for (const chunk of cut(Buffer.from(hidden), [40])) message.spool.write(chunk);
  message.spool.complete();
  assert.deepEqual(await kinds, ['uuencode']);
  assert.deepEqual(await paths, ['1~uuencode.1']);
});

test('a failure of the message reaches whoever asks', async () => {
  const message = emptyMessage();
  const view = message.viewWhile(wantedUntil(new AbortController().signal));
  const asked = [view.ambiguities(), all(view.otherReadings())];
  message.spool.write(Buffer.from('Subject: x\r\n'));
  message.spool.fail(lost());
  for (const work of asked) await assert.rejects(work, withCode('UPSTREAM_LOST'));
});

test('the signal of one plugin ends its waiting and not that of others', async () => {
  const message = emptyMessage();
  const gone = new AbortController();
  const first = message.viewWhile(wantedUntil(gone.signal)).ambiguities();
  const second = message.viewWhile(wantedUntil(new AbortController().signal)).ambiguities();
  const reason = new Error('gone');
  gone.abort(reason);
  await assert.rejects(first, reason);
  await assert.rejects(all(message.viewWhile(wantedUntil(gone.signal)).otherReadings()), reason);
  message.spool.write(Buffer.from(hidden));
  message.spool.complete();
  assert.equal((await second).length, 1);
});

test('the signal ends the reading of a part', async () => {
  const gone = new AbortController();
  const view = wholeMessage(hidden).viewWhile(wantedUntil(gone.signal));
  await view.ambiguities();
  const parts = view.otherReadings()[Symbol.asyncIterator]();
  await parts.next();
  const reason = new Error('gone');
  gone.abort(reason);
  await assert.rejects(async () => {
    for (let step = await parts.next(); step.done !== true; step = await parts.next()) {
      await collect(step.value.content());
    }
  }, reason);
});
