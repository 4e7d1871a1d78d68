import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import type { QuarantineRecord } from '../../src/stores/store.ts';
import { openTrainingStore } from '../../src/stores/training-store.ts';
import { settleEntry } from '../../src/training/quarantine-lessons.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { memoryQuarantine } from '../helpers/memory-quarantine.ts';

const spam = { plugin: 'postern', finding: 'spam' };
const virus = { plugin: 'clamav', finding: 'Worm' };
const content = 'Subject: a\r\n\r\nlong text';

async function scene(
  findings: QuarantineRecord['findings'],
  quarantineConfig: object | undefined = {},
) {
  const clock = new FakeClock();
  const limits = { maxAgeMs: 1000, maxMessages: 10, maxBytes: 10_000 };
  const store = openTrainingStore(':memory:', createSecretKey(Buffer.alloc(32)), clock, limits);
  const quarantine = memoryQuarantine();
  const record: QuarantineRecord = {
    user: 'ann',
    upstreamHost: 'pop.example.net',
    action: 'hold',
    uidl: 'a',
    sha256: '0'.repeat(64),
    octets: content.length,
    findings,
    from: undefined,
    subject: 'a',
    date: undefined,
    messageId: undefined,
    sessionId: 's',
    clientAddress: '192.0.2.1',
  };
  const { id } = await quarantine.put(
    record,
    (async function* () {
      yield Buffer.from(content);
    })(),
  );
  const config = {
    keep: { messageBytes: 16, maxMessages: 10, maxBytes: 10_000 },
    quarantine:
      quarantineConfig === undefined
        ? undefined
        : ({
            release: 'correction',
            discard: 'confirmation',
            plugins: [],
            ...quarantineConfig,
          } as const),
  };
  const settle = async (state: 'released' | 'discarded') => {
    const entry = await quarantine.find(id);
    assert.ok(entry !== undefined);
    return settleEntry(entry, state, { config, store, quarantine });
  };
  return { store, quarantine, id, settle };
}

test('a release says ham and a deletion spam, of the beginning of the original', async () => {
  for (const [state, what, weight] of [
    ['released', 'ham', 'correction'],
    ['discarded', 'spam', 'confirmation'],
  ] as const) {
    const { store, settle, quarantine, id } = await scene([spam]);
    assert.equal(await settle(state), 'noted');
    const lesson = store.claim();
    assert.ok(lesson !== undefined);
    assert.deepEqual([lesson.what, lesson.weight, lesson.source], [what, weight, 'quarantine']);
    assert.equal((await store.read(lesson.message)).toString(), content.slice(0, 16));
    assert.equal(store.find(lesson.message)?.account?.user, 'ann');
    assert.equal((await quarantine.find(id))?.state, state);
  }
});

test('what is done again teaches nothing again', async () => {
  const { store, settle } = await scene([spam]);
  await settle('released');
  store.settle(store.claim() ?? assert.fail());
  assert.equal(await settle('released'), 'none');
  assert.equal(store.waiting, 0);
});

const silent: readonly (readonly [string, QuarantineRecord['findings'], object | undefined])[] = [
  ['what a virus scanner has held', [virus], {}],
  ['a weight of none', [spam], { release: 'none' }],
];

for (const [what, findings, config] of silent) {
  test(`${what} teaches nothing, and is released all the same`, async () => {
    const { store, settle, quarantine, id } = await scene(findings, config);
    assert.equal(await settle('released'), 'none');
    assert.equal(store.waiting, 0);
    assert.equal((await quarantine.find(id))?.state, 'released');
  });
}

test('an original that cannot be read any more can still be deleted', async () => {
  const { settle, quarantine, id } = await scene([spam]);
  quarantine.lose(id);
  assert.equal(await settle('discarded'), 'failed');
  assert.equal((await quarantine.find(id))?.state, 'discarded');
});
