import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JudgedMail, judgeMails } from '../../bench/spam-rules/judged-mail.ts';
import { hitRates, sums, together } from '../../bench/spam-rules/tables.ts';

const ham: JudgedMail = { label: 'ham', source: 'list-x', hits: [], rules: 0, learned: -3 };
const spam: JudgedMail = {
  label: 'spam',
  source: 'phishing_pot',
  hits: ['punycode-host'],
  rules: 2,
  learned: -1,
};
const mails = [ham, ham, spam, { ...spam, hits: [], rules: 0 }];

test('hit rates are per cent of each kind of mail, and rules that never hit are left out', () => {
  const [, , ...rows] = hitRates(mails).split('\n');
  assert.deepEqual(
    rows.map((row) => row.split('|').map((cell) => cell.trim())),
    [['', '`punycode-host`', '.', '.', '.', '.', '50.0', '']],
  );
  assert.match(sums(mails), /^\| 1\.5 and more \(82 %\) \|.* 50\.0 \|$/m);
});

test('what rules add is measured by weights', () => {
  const rows = together(mails).split('\n').slice(2);
  const missed = rows.map((row) => row.split('|').map((cell) => cell.trim())[5]);
  assert.deepEqual(missed, ['100.00', '100.00', '50.00', '100.00', '50.00', '100.00']);
});

test('messages are judged by the rules and by what was learned before', async () => {
  const octets = Buffer.from('From: a@paypa1.com\nTo: b@example.org\n\nHello.\n');
  const mail = { path: 'a', label: 'spam', source: 'sa-spam-1', octets } as const;
  const { mails: judged } = await judgeMails([mail, mail]);
  assert.ok(judged[0]?.hits.includes('look-alike-domain'));
  const [first, second] = judged.map(({ learned }) => learned);
  assert.ok((second ?? 0) > (first ?? 0));
});
