import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Label } from '../../../bench/spam/mail.ts';
import {
  intervalsOf,
  type Judgement,
  lamPercentOf,
  qualityOf,
} from '../../../bench/spam/quality.ts';

function judgement(label: Label, score: number, judgedAs: Label): Judgement {
  return { label, score, judgedAs };
}

const judgements = fc
  .array(
    fc.record({
      label: fc.constantFrom<Label>('ham', 'spam'),
      score: fc.integer({ min: -4, max: 4 }),
      judgedAs: fc.constantFrom<Label>('ham', 'spam'),
    }),
    { minLength: 2, maxLength: 40 },
  )
  .filter((all) => new Set(all.map(({ label }) => label)).size === 2);

test('a filter that ranks all spam above all ham has no area above its curve', () => {
  const { rocaPercent } = qualityOf([
    judgement('ham', -1, 'ham'),
    judgement('spam', 5, 'spam'),
    judgement('ham', 4, 'spam'),
  ]);
  assert.equal(rocaPercent, 0);
});

test('messages of one score count as half ranked wrongly', () => {
  const { rocaPercent } = qualityOf([judgement('ham', 1, 'ham'), judgement('spam', 1, 'ham')]);
  assert.equal(rocaPercent, 50);
});

test('the area above the curve is the share of pairs that stand in the wrong order', () => {
  fc.assert(
    fc.property(judgements, (all) => {
      const ham = all.filter(({ label }) => label === 'ham');
      const spam = all.filter(({ label }) => label === 'spam');
      let wrong = 0;
      for (const one of ham) {
        for (const other of spam) {
          if (one.score > other.score) wrong += 1;
          if (one.score === other.score) wrong += 0.5;
        }
      }
      const expected = (100 * wrong) / (ham.length * spam.length);
      assert.ok(Math.abs(qualityOf(all).rocaPercent - expected) < 1e-9);
    }),
  );
});

test('the shares of missed ham and spam are of each label by itself', () => {
  const quality = qualityOf([
    judgement('ham', 0, 'spam'),
    judgement('ham', 1, 'ham'),
    judgement('spam', 2, 'ham'),
    judgement('spam', 3, 'spam'),
    judgement('spam', 4, 'spam'),
    judgement('spam', 5, 'spam'),
  ]);
  assert.equal(quality.hamMissedPercent, 50);
  assert.equal(quality.spamMissedPercent, 25);
});

test('the logistic average of equal shares is that share, and nothing missed counts as half', () => {
  const equal = lamPercentOf({ missed: 1, of: 100 }, { missed: 2, of: 200 });
  assert.ok(Math.abs(equal - 1) < 1e-9);
  assert.equal(
    lamPercentOf({ missed: 0, of: 100 }, { missed: 0, of: 100 }),
    lamPercentOf({ missed: 0.5, of: 100 }, { missed: 0.5, of: 100 }),
  );
});

test('an interval is the same in every run and holds the figure itself', () => {
  const all = Array.from({ length: 400 }, (_, at) =>
    judgement(at % 3 === 0 ? 'spam' : 'ham', (at % 3 === 0 ? 30 : 0) + ((at * 7) % 50), 'ham'),
  );
  const intervals = intervalsOf(all);
  assert.deepEqual(intervalsOf(all), intervals);
  const { rocaPercent } = qualityOf(all);
  assert.ok(intervals.rocaPercent.low < rocaPercent && rocaPercent < intervals.rocaPercent.high);
});
