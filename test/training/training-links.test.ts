import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import { TrainingLinks } from '../../src/training/training-links.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

const url = 'https://mail.example.net/learn/';
const clock = new FakeClock();
const links = new TrainingLinks(
  createSecretKey(Buffer.alloc(32, 1)),
  { url, validForDays: 14 },
  clock,
);
const message = Buffer.from('00112233445566778899aabbccddeeff', 'hex');

test('a link fits on one line of a header, and is the same for a whole day', async () => {
  const link = links.toLearn(message);
  assert.ok(`X-Postern-Learn: <${link}>`.length <= 100);
  await clock.advance(1000);
  assert.equal(links.toLearn(message), link);
  assert.deepEqual(links.verify(link.slice(url.length))?.object, message);
});

test('a link in a text is found, whatever stands around it', () => {
  const link = links.toLearn(message);
  for (const text of [link, `> <${link}>`, `${url} ${url}x ${link}.`, `<a href="${link}">`]) {
    assert.deepEqual(links.findMessage(text), message, text);
  }
});

test('a link of another place, to a release, or cut is not found', () => {
  const link = links.toLearn(message);
  const release = links.toRelease(message.toString('hex'));
  for (const text of ['', link.slice(0, -1), link.replace('mail', 'evil'), release]) {
    assert.equal(links.findMessage(text), undefined, text);
  }
});

test('a text of many bad links is given up', () => {
  const text = `${`${url}x `.repeat(100_000)}${links.toLearn(message)}`;
  assert.equal(links.findMessage(text), undefined);
});
