import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { wantedUntil } from '../../src/pipeline/interest.ts';
import { headerMaxBytes } from '../../src/pipeline/message-content.ts';
import { collect, emptyMessage, lost, wholeMessage, withCode } from '../helpers/pipeline.ts';
import { cut } from '../message/chunking.ts';

const letter = 'Subject: x\r\nFrom: a@example.org\r\n\r\nbody\r\n';

test('the header is there as soon as its last octet is', async () => {
  const message = emptyMessage();
  const reading = message.header();
  for (const chunk of cut(Buffer.from(letter.slice(0, letter.indexOf('body'))), [3])) {
    message.spool.write(chunk);
  }
  const header = await reading;
  assert.equal(header.get('subject'), 'x');
  assert.equal(message.spool.isComplete, false);
});

test('the header is read once for everyone', async () => {
  const message = wholeMessage(letter);
  assert.equal(await message.header(), await message.header());
  const view = message.viewWhile(wantedUntil(new AbortController().signal));
  assert.equal(await view.headers(), await message.header());
});

test('a message without a blank line is all header', async () => {
  const message = wholeMessage('Subject: x\r\n');
  assert.equal((await message.header()).bytes.toString(), 'Subject: x\r\n');
  assert.equal((await wholeMessage('').header()).bytes.length, 0);
});

test('the limit on a header is the same over any chunking', async () => {
  const name = 'X: ';
  const headerOf = (octets: number): Buffer =>
    Buffer.from(`${name}${'a'.repeat(octets - name.length - 4)}\r\n\r\n${'b'.repeat(100_000)}`);
  const chunkLength = fc.constantFrom(1000, 4096, 65_536, 128 * 1024, 2_000_000);
  await fc.assert(
    fc.asyncProperty(chunkLength, fc.constantFrom(0, 1, 50_000), async (length, beyond) => {
      const message = emptyMessage();
      for (const chunk of cut(headerOf(headerMaxBytes + beyond), [length])) {
        message.spool.write(chunk);
      }
      message.spool.complete();
      if (beyond === 0) {
        assert.equal((await message.header()).bytes.length, headerMaxBytes);
      } else {
        await assert.rejects(message.header(), withCode('MESSAGE_HEADER_TOO_LARGE'));
      }
    }),
    { numRuns: 15 },
  );
});

test('a header without end is given up before all of it has come', async () => {
  const message = emptyMessage();
  const reading = assert.rejects(message.header(), withCode('MESSAGE_HEADER_TOO_LARGE'));
  message.spool.write(Buffer.alloc(headerMaxBytes + 1, 'a'));
  await reading;
});

test('a message may be read several times, also while it arrives', async () => {
  const message = emptyMessage();
  const view = message.viewWhile(wantedUntil(new AbortController().signal));
  const early = collect(view.bytes());
  const size = view.size();
  message.spool.write(Buffer.from(letter.slice(0, 20)));
  const late = collect(view.bytes());
  message.spool.write(Buffer.from(letter.slice(20)));
  message.spool.complete();
  assert.equal((await early).toString(), letter);
  assert.equal((await late).toString(), letter);
  assert.equal((await collect(view.bytes())).toString(), letter);
  assert.equal(await size, letter.length);
});

test('a failure of the message reaches header, octets, parts and size', async () => {
  const message = emptyMessage();
  const view = message.viewWhile(wantedUntil(new AbortController().signal));
  const readings = [
    view.headers(),
    collect(view.bytes()),
    view.parts()[Symbol.asyncIterator]().next(),
    view.size(),
  ];
  const checks = readings.map((each) =>
    assert.rejects(Promise.resolve(each), withCode('UPSTREAM_LOST')),
  );
  message.spool.write(Buffer.from('Subject'));
  message.spool.fail(lost());
  await Promise.all(checks);
});

test('octets are no longer given to someone whose result is not wanted', async () => {
  const message = wholeMessage(letter);
  const controller = new AbortController();
  const view = message.viewWhile(wantedUntil(controller.signal));
  const reason = new Error('enough');
  controller.abort(reason);
  await assert.rejects(collect(view.bytes()), (error) => error === reason);
  await assert.rejects(
    async () => {
      for await (const _part of view.parts()) assert.fail('no part was wanted');
    },
    (error) => error === reason,
  );
});

test('a view tells the facts of the message and nothing of the session that is secret', () => {
  const view = wholeMessage(letter).viewWhile(wantedUntil(new AbortController().signal));
  assert.equal(view.number, 1);
  assert.equal(view.account.user, 'sample');
  assert.deepEqual(Object.keys(view).toSorted(), [
    'account',
    'ambiguities',
    'bytes',
    'headers',
    'listedOctets',
    'number',
    'otherReadings',
    'parts',
    'session',
    'size',
    'uidl',
  ]);
  // Not among the keys, because it is made only when it is read.
  assert.equal(view.signal.aborted, false);
});
