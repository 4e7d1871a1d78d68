import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import { trainingSchema } from '../../src/config/training-schema.ts';
import type { Judgement } from '../../src/pipeline/pipeline.ts';
import { openTrainingStore } from '../../src/stores/training-store.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { TrainingMetrics } from '../../src/telemetry/training-metrics.ts';
import { DeliveredLessons } from '../../src/training/delivered-lessons.ts';
import { TrainingLinks } from '../../src/training/training-links.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { wholeMessage } from '../helpers/pipeline.ts';
import { recordingLogger } from '../helpers/recording-logger.ts';

const url = 'https://mail.example.net/learn/';
const key = createSecretKey(Buffer.alloc(32, 1));

function scene(training: object, hasPupils = true) {
  const clock = new FakeClock();
  const limits = { maxAgeMs: 86_400_000, maxMessages: 100, maxBytes: 1_000_000 };
  const store = openTrainingStore(':memory:', key, clock, limits);
  const config = trainingSchema.parse(training);
  const links = config.links && new TrainingLinks(key, config.links, clock);
  const log = recordingLogger();
  const registry = createMetrics();
  const metrics = new TrainingMetrics(registry.core);
  const lessons = new DeliveredLessons({
    config,
    store,
    links,
    hasPupils: () => hasPupils,
    metrics,
    log,
  });
  return { lessons, store, links, log, registry };
}

function judged(result: 'ham' | 'unsure' | 'spam' | undefined): Judgement {
  const spam = result && {
    result,
    probability: 0.5,
    logOdds: 0,
    parts: [],
    decidedBy: undefined,
  };
  return { verdicts: [], decision: { action: 'pass' }, spam };
}

const links = { url, port: 1 };

test('a message that gets a link is kept, no more of it than is configured', async () => {
  const { lessons, store, links: own } = scene({ links, keep: { per_message: '4KB' } });
  const content = `Subject: a\r\n\r\n${'x'.repeat(100_000)}`;
  const link = await lessons.linkFor(wholeMessage(content), judged('spam'));
  assert.ok(link !== undefined && own !== undefined);
  assert.equal(link.headerField, 'X-Postern-Learn');
  assert.equal(link.footerFor, undefined);
  const id = own.findMessage(link.url) ?? assert.fail();
  assert.equal(store.find(id)?.judged, 'spam');
  assert.equal((await store.read(id)).toString(), content.slice(0, 4096));
});

test('footers go by what a message was judged to be; where nothing was said, by unsure', async () => {
  const { lessons } = scene({ links: { ...links, footer: ['unsure', 'spam'], header: 'none' } });
  for (const [result, footer] of [
    ['ham', undefined],
    ['unsure', 'unsure'],
    ['spam', 'spam'],
    [undefined, 'unsure'],
  ] as const) {
    const link = await lessons.linkFor(wholeMessage('a: b\r\n\r\n'), judged(result));
    assert.deepEqual([link?.headerField, link?.footerFor], [undefined, footer]);
  }
});

for (const [what, training, hasPupils] of [
  ['without links', {}, true],
  ['with neither field nor footer', { links: { ...links, header: 'none' } }, true],
  ['without a plugin that learns', { links }, false],
  ['in a training mailbox', { links, mailboxes: [{ user: 'sam*', as: 'spam' }] }, true],
] as const) {
  test(`${what} nothing is kept and no link is given`, async () => {
    const { lessons, store } = scene(training, hasPupils);
    const message = wholeMessage('a: b\r\n\r\n');
    assert.equal(await lessons.linkFor(message, judged('ham')), undefined);
    assert.equal(store.expire(), 0);
    store.setLimits({ maxAgeMs: 1, maxMessages: 0, maxBytes: 0 });
    assert.equal(store.expire(), 0);
  });
}

test('a store that fails costs the link, not the message', async () => {
  const { lessons, store, log } = scene({ links });
  store.close();
  assert.equal(await lessons.linkFor(wholeMessage('a: b\r\n\r\n'), judged('ham')), undefined);
  assert.deepEqual(
    log.lines.map(({ level, text }) => [level, text]),
    [['error', 'a message could not be kept for lessons; it gets no link']],
  );
});

test('a message that cannot be looked through is no example, and stops nothing', async () => {
  const mailboxes = [{ user: 'sample', as: 'ham', unsigned: 'shared' }];
  const { lessons, log, store } = scene({ mailboxes });
  const parts = '--b\r\nContent-Type: message/rfc822\r\n\r\na: b\r\n\r\nx\r\n'.repeat(3000);
  const content = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--\r\n`;
  await lessons.takeExamples(wholeMessage(content));
  assert.equal(log.lines[0]?.text, 'no examples could be taken from a message');
  assert.equal(store.waiting, 0);
});

test('examples without a proof are counted, and learned only for all and only where that is said', async () => {
  const content = [
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: message/rfc822',
    '',
    'Subject: inner',
    '',
    'text',
    '--b--',
    '',
  ].join('\r\n');
  for (const [unsigned, proof, waiting] of [
    ['ignore', 'unsigned', 0],
    ['shared', 'shared', 1],
  ] as const) {
    const mailboxes = [{ user: 'sample', as: 'ham', unsigned }];
    const { lessons, store, registry, log } = scene({ links, mailboxes });
    await lessons.takeExamples(wholeMessage(content));
    assert.equal(store.waiting, waiting);
    const counted = `postern_training_examples_total{lesson="ham",proof="${proof}"} 1`;
    assert.ok((await registry.text()).includes(counted), counted);
    assert.deepEqual(Object.keys(log.lines[0]?.fields ?? {}), [
      'session',
      'uidl',
      'as',
      'signed',
      'unsigned',
      'shared',
    ]);
  }
});

test('what changes in messages changes the fingerprint under which their sizes are remembered', () => {
  const { fingerprint } = scene({ links }).lessons;
  assert.equal(scene({ links: { ...links, port: 2 } }).lessons.fingerprint, fingerprint);
  for (const more of [{ header: 'none' }, { footer: ['ham'] }, { url: 'https://b.example/' }]) {
    assert.notEqual(scene({ links: { ...links, ...more } }).lessons.fingerprint, fingerprint);
  }
});
