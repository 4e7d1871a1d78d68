import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { activeRules } from '../../../plugins/spam-rules/active-rules.ts';
import { evaluate, toVerdict } from '../../../plugins/spam-rules/evaluation.ts';
import { letterOf } from './letter-of.ts';

// Letters as shops, services and people send them today, which no collection has.
const folder = join(import.meta.dirname, 'ordinary-mail');
const rules = activeRules(new Map(), []);
/** The worst of them links to a page that anybody can put up, in the name of one that sends for others. */
const most = 0.9;

for (const name of globSync('*.eml', { cwd: folder }).sort()) {
  test(`to the rules, ${name} is hardly suspicious`, async () => {
    const text = readFileSync(join(folder, name), 'latin1').replaceAll(/\r?\n/g, '\r\n');
    const hits = await evaluate(rules, await letterOf(Buffer.from(text, 'latin1')));
    const { logOdds } = toVerdict(hits, 6);
    assert.ok(logOdds < most, `${logOdds}: ${hits.map(({ rule }) => rule.name).join(' ')}`);
  });
}
