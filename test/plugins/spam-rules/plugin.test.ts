import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ScoreVerdict, Verdict } from '#plugin-api';
import { runPlugin } from '#plugin-testing';
import spamRules from '../../../plugins/spam-rules/index.ts';
import { temporaryFolder } from '../../helpers/process.ts';
import { htmlLetter, letter, verdictOf } from '../letters.ts';

function asScore(verdict: Verdict | undefined): ScoreVerdict {
  assert.equal(verdict?.kind, 'score');
  return verdict as ScoreVerdict;
}

const ham = letter(
  'From: Ann Example <ann@example.org>',
  'To: bob@example.net',
  'Subject: Lunch',
  'Date: Tue, 03 Mar 2026 10:00:00 +0000',
  'Message-ID: <1@example.org>',
  '',
  'Shall we?',
);

const phish = htmlLetter(
  '<a href="http://203.0.113.7/login">https://www.paypal.com/signin</a>',
  'From: "PayPal Service" <x@evil.example.com>',
  'To: bob@example.net',
  'Subject: Your account',
  'Date: Tue, 03 Mar 2026 10:00:00 +0000',
  'Message-ID: <1@evil.example.com>',
);

test('a letter that breaks no rule has a score that says nothing', async () => {
  assert.deepEqual(await verdictOf(spamRules, {}, ham), { kind: 'score', logOdds: 0, reasons: [] });
});

test('the rules that hit are the reasons, weightiest first, with what gave it away', async () => {
  const { logOdds, reasons } = asScore(await verdictOf(spamRules, {}, phish));
  assert.deepEqual(
    reasons.map(({ name, text }) => [name, text]),
    [
      ['display-name-brand', 'PayPal from evil.example.com'],
      ['link-text-mismatch', 'www.paypal.com leads to 203.0.113.7'],
      ['link-to-address-literal', '203.0.113.7'],
      ['html-without-text', 'only HTML'],
    ],
  );
  const sum = reasons.reduce((total, reason) => total + reason.logOdds, 0);
  assert.ok(Math.abs(logOdds - sum) < 1e-9);
});

test('rules alone reach no more than the limit', async () => {
  assert.equal(asScore(await verdictOf(spamRules, { limit: 2 }, phish)).logOdds, 2);
});

test('a rule has another weight when it is given one, and none when that is 0', async () => {
  const scores = { 'display-name-brand': 0, 'link-text-mismatch': -1 };
  const { reasons } = asScore(await verdictOf(spamRules, { scores }, phish));
  assert.equal(
    reasons.find(({ name }) => name === 'display-name-brand'),
    undefined,
  );
  assert.equal(reasons.find(({ name }) => name === 'link-text-mismatch')?.logOdds, -1);
});

test('what a provider writes counts only where it is trusted', async () => {
  const said = letter(
    'Authentication-Results: mx.example.net; dmarc=fail header.from=example.org',
    'X-Spam-Flag: YES',
    'From: ann@example.org',
    'To: bob@example.net',
    'Date: Tue, 03 Mar 2026 10:00:00 +0000',
    'Message-ID: <1@example.org>',
    '',
    'Hello.',
  );
  const namesWith = async (providers: unknown): Promise<string[]> =>
    asScore(await verdictOf(spamRules, { providers }, said)).reasons.map(({ name }) => name);
  const trusted = { authserv_ids: ['MX.example.net'], spam_fields: ['x-spam-flag'] };
  assert.deepEqual(await namesWith([]), []);
  assert.deepEqual(await namesWith([trusted]), ['provider-says-spam', 'dmarc-fail']);
  assert.deepEqual(await namesWith([{ ...trusted, routes: ['other'] }]), []);
  assert.deepEqual(
    await namesWith([{ ...trusted, routes: ['sample'] }]).then((all) => all.length),
    2,
  );
  assert.deepEqual(await namesWith([{ authserv_ids: ['mx.example.com'] }]), []);
});

test('a file of rules that is wrong stops the start, with its line', async () => {
  await using folder = await temporaryFolder('spam-rules');
  await writeFile(join(folder.path, 'rules.yaml'), 'rules:\n  - {name: a, when: {rule: b}}\n');
  const run = runPlugin(spamRules, { rules_file: 'rules.yaml' }, ham, { folder: folder.path });
  await assert.rejects(run, /rules\.yaml:2:5: rules\[0\]: expected either score or points/);
});

test('rules of the options and of a file work together', async () => {
  await using folder = await temporaryFolder('spam-rules');
  await writeFile(
    join(folder.path, 'rules.yaml'),
    'rules: [{name: of-the-file, score: 1, when: {rule: of-the-options}}]\n',
  );
  const rules = [{ name: 'of-the-options', score: 0, when: { subject: { equals: 'lunch' } } }];
  const options = { rules, rules_file: 'rules.yaml' };
  const { verdict } = await runPlugin(spamRules, options, ham, { folder: folder.path });
  assert.deepEqual(
    asScore(verdict).reasons.map(({ name }) => name),
    ['of-the-file'],
  );
});
