import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inventCollection } from '../../../bench/spam/invented/invent.ts';
import type { Mail } from '../../../bench/spam/mail.ts';
import { allProtocols, dealFolds } from '../../../bench/spam/schedule.ts';

const sources = ['sa-easy-ham-1', 'sa-spam-1', 'list-openbmc', 'phishing_pot'];

/** Made-up messages under the names of real sources. */
const mails: Mail[] = inventCollection().mails.map((mail, at) => {
  const source = sources[Math.floor(at / 30)] ?? 'phishing_pot';
  return { ...mail, source };
});

test('no protocol has a message judged that was learnt before', () => {
  for (const { name, courses } of allProtocols) {
    for (const { prelude, steps } of courses(mails)) {
      const learnt = new Set(prelude);
      for (const { kind, at } of steps) {
        if (kind === 'train') learnt.add(at);
        else assert.ok(!learnt.has(at), `${name} judges ${at} after learning it`);
      }
    }
  }
});

test('online and folds judge every message once, online in the order of the index', () => {
  const judgedBy = (name: string): number[] =>
    allProtocols
      .filter((protocol) => protocol.name === name)
      .flatMap(({ courses }) => courses(mails))
      .flatMap(({ steps }) => steps.filter(({ kind }) => kind === 'classify').map(({ at }) => at));
  const all = mails.map((_, at) => at);
  assert.deepEqual(judgedBy('online'), all);
  assert.deepEqual(
    judgedBy('folds').toSorted((a, b) => a - b),
    all,
  );
});

test('each fold has its share of each source and label', () => {
  const foldOf = dealFolds(mails);
  const counts = new Map<string, number>();
  for (const [at, { label, source }] of mails.entries()) {
    const key = `${label} ${source} ${foldOf[at]}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const [key, count] of counts) {
    const group = mails.filter(({ label, source }) => key.startsWith(`${label} ${source} `)).length;
    assert.ok(Math.abs(count - group / 5) < 1, key);
  }
  assert.deepEqual(dealFolds(mails), foldOf);
});

test('a model that could be shipped learns nothing of a source that is only measured with', () => {
  const cold = allProtocols.find(({ name }) => name === 'cold');
  const preludes = cold?.courses(mails).flatMap(({ prelude }) => prelude) ?? [];
  assert.ok(preludes.length > 0);
  assert.ok(preludes.every((at) => mails[at]?.source !== 'phishing_pot'));
});

test('folds are learnt in an order of chance that is the same each time, halves in that of the index', () => {
  const learntBy = (name: string): number[][] =>
    allProtocols
      .filter((protocol) => protocol.name === name)
      .flatMap(({ courses }) => courses(mails))
      .map(({ steps }) => steps.filter(({ kind }) => kind === 'train').map(({ at }) => at));
  const isSorted = (places: readonly number[]): boolean =>
    places.every((at, index) => index === 0 || at > (places[index - 1] ?? at));
  assert.ok(learntBy('halves').every(isSorted));
  assert.ok(!learntBy('folds').some(isSorted));
  assert.deepEqual(learntBy('folds'), learntBy('folds'));
});
