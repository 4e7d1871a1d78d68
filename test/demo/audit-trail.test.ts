import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAuditTrail } from '../../src/demo/audit-trail.ts';

const pass = { plugin: 'clamav', kind: 'pass' };
const flag = { plugin: 'spam', kind: 'flag', label: 'macro-document' };
const block = { plugin: 'attachment-policy', kind: 'block', finding: 'double-extension' };

function log(...records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

function judged(uidl: string, action: string, verdicts: readonly object[]): object {
  return { event: 'messageJudged', uidl, action, verdicts };
}

test('verdict, action and delivery of a message are joined by its UIDL', () => {
  const text = log(
    { event: 'loginAccepted', user: 'reader' },
    judged('one', 'pass', [pass]),
    judged('two', 'replace', [pass]),
    { event: 'messageDelivered', uidl: 'one', action: 'pass' },
  );
  assert.deepEqual(
    readAuditTrail(text),
    new Map([
      ['one', { verdict: 'clean', action: 'pass', ending: 'delivered' }],
      ['two', { verdict: 'clean', action: 'replace', ending: 'unrecorded' }],
    ]),
  );
});

test('of several verdicts the weightiest is shown', () => {
  const shown = (verdicts: readonly object[]) =>
    readAuditTrail(log(judged('one', 'pass', verdicts))).get('one')?.verdict;
  assert.equal(shown([]), 'clean');
  assert.equal(shown([pass, flag]), 'macro-document');
  assert.equal(shown([flag, pass, block]), 'double-extension');
  assert.equal(shown([flag, { ...block, shadow: true }]), 'macro-document');
});

test('a delivery without a verdict is no record of a message', () => {
  const text = log({ event: 'messageDelivered', uidl: 'one', action: 'pass' });
  assert.equal(readAuditTrail(text).size, 0);
});

test('a line that is not JSON is an error', () => {
  assert.throws(() => readAuditTrail('{"event":'), SyntaxError);
});
