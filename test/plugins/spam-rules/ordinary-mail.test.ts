import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { readDefaultModel } from '../../../plugins/spam/default-model.ts';
import { extractFeatures } from '../../../plugins/spam/features/extract.ts';
import { sampleOf } from '../../../plugins/spam/features/sample.ts';
import type { SpamModel } from '../../../plugins/spam/learning/model.ts';
import { activeRules } from '../../../plugins/spam-rules/active-rules.ts';
import { evaluate, toVerdict } from '../../../plugins/spam-rules/evaluation.ts';
import { letterOf } from './letter-of.ts';

// Letters as shops, services and people send them today, which no collection has.
const folder = join(import.meta.dirname, 'ordinary-mail');
const rules = activeRules(new Map(), []);
/** The worst of them links to a page that anybody can put up, in the name of one that sends for others. */
const mostByRules = 0.9;
/** The probability of 0.9 from which mail is spam by default. */
const spamFrom = Math.log(9);

let model: SpamModel;
before(async () => {
  model = await readDefaultModel();
});

for (const name of globSync('*.eml', { cwd: folder }).sort()) {
  const message = Buffer.from(
    readFileSync(join(folder, name), 'latin1').replaceAll(/\r?\n/g, '\r\n'),
    'latin1',
  );
  test(`${name} is no spam to the rules, nor with the default model beside them`, async () => {
    const hits = await evaluate(rules, await letterOf(message));
    const byRules = toVerdict(hits, 6).logOdds;
    const byModel = model.classify(extractFeatures(sampleOf(message))).logOdds;
    const names = hits.map(({ rule }) => rule.name).join(' ');
    assert.ok(byRules < mostByRules, `${byRules}: ${names}`);
    assert.ok(byRules + byModel < spamFrom, `${byRules} and ${byModel}: ${names}`);
  });
}
