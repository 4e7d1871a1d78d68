import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../../../plugins/authentication/outcome.ts';
import { toScore } from '../../../plugins/authentication/scoring.ts';

const neutral: Outcome = {
  dkim: [],
  arc: 'none',
  dmarc: { status: 'none', domain: 'example.org', policy: undefined, openOctets: 0 },
  scope: 'whole',
  dns: 'answered',
};
const good = { status: 'pass', domain: 'example.org', selector: 's', openOctets: 0 } as const;
const bad = { ...good, status: 'fail' } as const;
const { dmarc } = neutral;

const rows: readonly (readonly [string, Partial<Outcome>, readonly string[]])[] = [
  ['nothing signed and no policy', {}, []],
  ['DMARC passes', { dkim: [good], dmarc: { ...dmarc, status: 'pass' } }, ['dmarc-pass -0.5']],
  ['the end is not signed', { dmarc: { ...dmarc, status: 'pass', openOctets: 9 } }, []],
  [
    'a policy asks for refusal',
    { dmarc: { ...dmarc, status: 'fail', policy: 'reject' } },
    ['dmarc-fail 1.5'],
  ],
  [
    'no signature is good, the policy asks for nothing',
    { dkim: [bad], dmarc: { ...dmarc, status: 'fail', policy: 'none' } },
    ['dmarc-fail 0.5', 'dkim-fail 0.5'],
  ],
  ['another domain has signed', { dkim: [bad, good] }, ['dkim-pass -0.2']],
  ['no author', { dmarc: { ...dmarc, status: 'permerror' } }, ['dmarc-permerror 1']],
  ['a broken chain', { arc: 'fail' }, ['arc-fail 0.3']],
  ['no answer of the DNS', { dns: 'failed', dkim: [bad] }, []],
];

for (const [name, outcome, expected] of rows) {
  test(`score: ${name}`, () => {
    const { logOdds, reasons } = toScore({ ...neutral, ...outcome });
    assert.deepEqual(
      reasons.map((reason) => `${reason.name} ${reason.logOdds}`),
      expected,
    );
    assert.equal(
      logOdds,
      reasons.reduce((sum, reason) => sum + reason.logOdds, 0),
    );
  });
}
