import assert from 'node:assert/strict';
import { test } from 'node:test';
import { press, startTrainingPages } from '../../helpers/training-pages.ts';

const letter = 'From: ann@example.org\r\nSubject: hi\r\n\r\ntext';

test('an engine that takes its time keeps no reader waiting, and its lesson is not lost', async () => {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  await using pages = await startTrainingPages({
    give: () => {
      reach();
      return new Promise(() => {});
    },
  });
  const answer = press(await pages.linkTo(letter), 'spam');
  await reached;
  await pages.clock.advance(6000);
  assert.match(await answer, /It is noted\./);
  assert.equal(pages.store.waiting, 1);
});

test('where the lesson cannot be handed over it is noted as well', async () => {
  await using pages = await startTrainingPages({
    give: async () => Promise.reject(new Error('no')),
  });
  assert.match(await press(await pages.linkTo(letter), 'ham'), /It is noted\./);
});

test('what changed nothing is told with its reason, which is text and nothing else', async () => {
  const reasons = ['known <b>already</b>', 'too many'];
  await using pages = await startTrainingPages({
    give: async () => ({ result: 'unchanged', reasons, failed: [] }),
  });
  const text = await press(await pages.linkTo(letter), 'spam');
  assert.match(text, /nothing to change: known &#60;b&#62;already&#60;\/b&#62;; too many/);
});

test('what only a part of the filter has learned is told as that', async () => {
  await using pages = await startTrainingPages({
    give: async () => ({ result: 'learned', reasons: [], failed: ['rspamd'] }),
  });
  const text = await press(await pages.linkTo(letter), 'spam');
  assert.match(
    text,
    /has learned that this is spam\. A part of the filter could not take it up yet/,
  );
});

test('where nobody can learn, that is said, and nothing is offered to be undone', async () => {
  await using pages = await startTrainingPages({
    give: async () => ({ result: 'dropped', reasons: [], failed: [] }),
  });
  const text = await press(await pages.linkTo(letter), 'spam');
  assert.match(text, /no part of the filter here can learn this/);
  assert.doesNotMatch(text, /Undo/);
});

test('to undo brings back what was said before', async () => {
  await using pages = await startTrainingPages({
    async give(number) {
      const lesson = pages.store.claim(number);
      if (lesson !== undefined) pages.store.settle(lesson);
      return { result: 'learned', reasons: [], failed: [] };
    },
  });
  const link = await pages.linkTo(letter);
  const undoIn = (text: string): string | undefined => /value="(\w+)">Undo</.exec(text)?.[1];
  assert.equal(undoIn(await press(link, 'ham')), 'forget');
  assert.equal(undoIn(await press(link, 'spam')), 'ham');
  assert.equal(undoIn(await press(link, 'spam')), undefined, 'nothing has changed');
  assert.equal(undoIn(await press(link, 'block')), 'unlist');
  assert.equal(undoIn(await press(link, 'allow')), 'block');
});

test('where senders are not offered, nothing is done to them', async () => {
  await using pages = await startTrainingPages({ links: { senders: false } });
  const link = await pages.linkTo(letter);
  assert.doesNotMatch(await (await fetch(link)).text(), /block/);
  assert.match(await press(link, 'block'), /This link does not work/);
  assert.equal(pages.store.waiting, 0);
});

test('a message whose header has no end or no fields is shown all the same', async () => {
  await using pages = await startTrainingPages();
  for (const content of [
    '',
    '\r\n\r\n',
    'Subject: hi',
    `Subject: ${'x'.repeat(60_000)}`,
    '\0\xff',
  ]) {
    const response = await fetch(await pages.linkTo(content));
    assert.equal(response.status, 200);
    assert.ok((await response.text()).length < 5000, 'what is shown is bounded');
  }
});

test('requests are counted by what came of them', async () => {
  await using pages = await startTrainingPages();
  const link = await pages.linkTo(letter);
  await (await fetch(link)).text();
  await press(link, 'spam');
  await (await fetch(`${link}x`)).text();
  const text = await pages.registry.text();
  for (const result of ['shown', 'done', 'refused']) {
    assert.ok(text.includes(`postern_training_pages_total{result="${result}"} 1`), result);
  }
});
