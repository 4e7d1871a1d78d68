import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSpamField } from '../../../../plugins/spam-rules/letter/spam-fields.ts';

const fields: readonly (readonly [string, string, 'spam' | 'ham' | undefined])[] = [
  ['x-spam-flag', 'YES', 'spam'],
  ['x-spam-flag', 'no', 'ham'],
  ['x-spam-status', 'Yes, score=7.1 required=5.0', 'spam'],
  ['x-spam-status', 'No, score=-1', 'ham'],
  ['x-spam-status', 'unknown', undefined],
  ['x-spam-level', '*******', 'spam'],
  ['x-spam-level', '**', undefined],
  ['x-spam', 'true', 'spam'],
  ['x-ms-exchange-organization-scl', '6', 'spam'],
  ['x-ms-exchange-organization-scl', '-1', 'ham'],
  ['x-ms-exchange-organization-scl', '3', undefined],
  ['x-ms-exchange-organization-scl', 'x', undefined],
  ['x-forefront-antispam-report', 'CIP:1.2.3.4;SFV:SPM;H:x', 'spam'],
  ['x-forefront-antispam-report', 'SFV:NSPM;H:x', 'ham'],
  ['x-forefront-antispam-report', 'H:x', undefined],
  ['x-gmx-antispam', '6 (nemesis text pattern profiler); Detail=V3', 'spam'],
  ['x-gmx-antispam', '0 (Mail was not recognized as spam)', 'ham'],
];

for (const [name, value, result] of fields) {
  test(`${name}: ${value} says ${result ?? 'nothing'}`, () => {
    assert.equal(readSpamField(name, value)?.result, result);
  });
}

test('of a long field only the beginning is told', () => {
  assert.ok((readSpamField('x-spam-flag', `yes ${'x'.repeat(5000)}`)?.text.length ?? 0) < 120);
});
