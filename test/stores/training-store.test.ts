import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mock, test } from 'node:test';
import { Database } from '../../src/stores/sqlite.ts';
import {
  type MessageIdentity,
  messageIdOf,
  openTrainingStore,
  type TrainingLimits,
} from '../../src/stores/training-store.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { temporaryFolder } from '../helpers/process.ts';

const key = createSecretKey(Buffer.alloc(32, 1));
const account = { user: 'joe', upstreamHost: 'pop.example.net' };
const limits: TrainingLimits = { maxAgeMs: 86_400_000, maxMessages: 100, maxBytes: 1_000_000 };

function identity(name: string): MessageIdentity {
  return { account, uidl: name, sha256: name.padEnd(64, '0') };
}

function open(file = ':memory:', more: Partial<TrainingLimits> = {}) {
  const clock = new FakeClock();
  return { clock, store: openTrainingStore(file, key, clock, { ...limits, ...more }) };
}

const content = (text: string) => async () => Buffer.from(text);

test('what is kept of a message is there for a later lesson, and nowhere to be read on the disk', async () => {
  await using folder = await temporaryFolder('training');
  const file = join(folder.path, 'training.db');
  const { store } = open(file);
  const id = await store.keep(identity('a'), 'unsure', content('Subject: a secret\r\n'));
  assert.deepEqual(store.find(id), {
    id,
    account,
    uidl: 'a',
    judged: 'unsure',
    taught: undefined,
    sender: undefined,
  });
  assert.equal((await store.read(id)).toString(), 'Subject: a secret\r\n');
  store.close();
  for (const name of [file, `${file}-wal`]) {
    const octets = await readFile(name).catch(() => Buffer.alloc(0));
    assert.equal(octets.includes('secret'), false);
  }
});

test('the same message in the same maildrop is kept once, in another one again', async () => {
  const { store } = open();
  const id = await store.keep(identity('a'), undefined, content('one'));
  const again = await store.keep(identity('a'), 'spam', () => assert.fail('read again'));
  assert.deepEqual(again, id);
  assert.equal(store.find(id)?.judged, 'spam');
  const other = { ...identity('a'), account: { ...account, user: 'ann' } };
  assert.notDeepEqual(messageIdOf(other), id);
  const shared = await store.keep({ ...identity('a'), account: undefined }, 'spam', content('x'));
  assert.equal(store.find(shared)?.account, undefined);
});

test('a message that is not what was kept is not learned from', async () => {
  const { store } = open();
  await assert.rejects(store.read(Buffer.alloc(16)), { code: 'TRAINING_MESSAGE_UNREADABLE' });
  await using folder = await temporaryFolder('training');
  const file = join(folder.path, 'training.db');
  const first = open(file).store;
  const id = await first.keep(identity('a'), undefined, content('one'));
  first.close();
  const other = createSecretKey(Buffer.alloc(32, 2));
  const second = openTrainingStore(file, other, new FakeClock(), limits);
  await assert.rejects(second.read(id), { code: 'TRAINING_MESSAGE_UNREADABLE' });
  second.close();
});

test('messages go by age, by number and by size, the oldest first', async () => {
  const { store, clock } = open(':memory:', { maxMessages: 3 });
  const ids: Buffer[] = [];
  for (const name of ['a', 'b', 'c', 'd']) {
    ids.push(await store.keep(identity(name), undefined, content(name)));
    await clock.advance(1000);
  }
  assert.equal(store.expire(), 1);
  assert.deepEqual(
    ids.map((id) => store.find(id)?.uidl),
    [undefined, 'b', 'c', 'd'],
  );
  store.setLimits({ ...limits, maxBytes: 100 });
  assert.equal(store.expire(), 2);
  assert.equal(store.find(ids[3] ?? Buffer.alloc(16))?.uidl, 'd');
  await clock.advance(limits.maxAgeMs + 1);
  assert.equal(store.expire(), 1);
});

test('more messages than there may be are noticed while they come', async () => {
  const { store, clock } = open(':memory:', { maxMessages: 10 });
  const first = await store.keep(identity('0'), undefined, content('0'));
  for (let number = 1; number <= 64; number += 1) {
    await clock.advance(1);
    await store.keep(identity(`${number}`), undefined, content('x'));
  }
  assert.equal(store.find(first), undefined);
});

test('a lesson waits until it has been given, and then the message is marked', async () => {
  const { store } = open();
  const message = await store.keep(identity('a'), 'ham', content('one'));
  const number = store.note({ message, what: 'spam', weight: 'correction', source: 'link' });
  assert.equal(store.waiting, 1);
  const lesson = store.claim();
  assert.deepEqual(lesson, {
    number,
    message,
    what: 'spam',
    weight: 'correction',
    source: 'link',
    attempts: 1,
  });
  assert.equal(store.claim(), undefined, 'given to somebody already');
  store.settle(lesson);
  assert.equal(store.waiting, 0);
  assert.equal(store.find(message)?.taught, 'spam');
});

test('another word on the same message takes the place of the one that waits; one on its sender does not', async () => {
  const { store } = open();
  const message = await store.keep(identity('a'), 'ham', content('one'));
  const common = { message, weight: 'correction', source: 'link' } as const;
  store.note({ ...common, what: 'spam' });
  store.note({ ...common, what: 'block' });
  store.note({ ...common, what: 'forget' });
  assert.deepEqual(
    [store.claim()?.what, store.claim()?.what, store.claim()?.what],
    ['block', 'forget', undefined],
  );
});

test('a lesson that cannot be given comes again after longer and longer pauses', async () => {
  const { store, clock } = open();
  const message = await store.keep(identity('a'), 'ham', content('one'));
  store.note({ message, what: 'spam', weight: 'correction', source: 'link' });
  for (const pauseMs of [30_000, 60_000, 120_000]) {
    const lesson = store.claim();
    assert.ok(lesson !== undefined);
    store.postpone(lesson);
    await clock.advance(pauseMs - 1);
    assert.equal(store.claim(), undefined);
    await clock.advance(1);
  }
});

test('a lesson whose giver has ended is given by another one', async () => {
  const { store, clock } = open();
  const message = await store.keep(identity('a'), 'ham', content('one'));
  const number = store.note({ message, what: 'ham', weight: 'correction', source: 'link' });
  assert.equal(store.claim(number)?.attempts, 1);
  await clock.advance(300_000);
  assert.equal(store.claim(number)?.attempts, 2);
});

test('of a message that is gone there is nothing to learn', async () => {
  const { store, clock } = open();
  const message = await store.keep(identity('a'), 'ham', content('one'));
  store.note({ message, what: 'ham', weight: 'correction', source: 'link' });
  await clock.advance(limits.maxAgeMs + 1);
  store.expire();
  assert.equal(store.waiting, 0);
});

test('a lesson that was written down outlives a power failure; a message alone may not', async () => {
  const { store } = open();
  const durable = mock.method(Database.prototype, 'durableTransaction');
  try {
    const message = await store.keep(identity('a'), undefined, content('one'));
    assert.equal(durable.mock.callCount(), 0);
    store.note({ message, what: 'spam', weight: 'correction', source: 'link' });
    assert.equal(durable.mock.callCount(), 1);
  } finally {
    durable.mock.restore();
  }
  store.close();
});
