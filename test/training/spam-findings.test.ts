import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concernsSpam, mayRelease } from '../../src/training/spam-findings.ts';

const spam = { plugin: 'postern', finding: 'spam' };
const unsure = { plugin: 'postern', finding: 'maybe-spam' };
const huge = { plugin: 'postern', finding: 'oversized-header' };
const virus = { plugin: 'clamav', finding: 'spam' };
const rule = { plugin: 'rules', finding: 'odd' };

const cases = [
  { findings: [], plugins: [], concerns: false, releases: false },
  { findings: [spam], plugins: [], concerns: true, releases: true },
  { findings: [unsure], plugins: [], concerns: true, releases: true },
  { findings: [huge], plugins: [], concerns: false, releases: false },
  { findings: [virus], plugins: [], concerns: false, releases: false },
  { findings: [spam, virus], plugins: [], concerns: true, releases: false },
  { findings: [spam, rule], plugins: [], concerns: true, releases: false },
  { findings: [spam, rule], plugins: ['rules'], concerns: true, releases: true },
  { findings: [rule], plugins: ['rules'], concerns: true, releases: true },
];

for (const { findings, plugins, concerns, releases } of cases) {
  const names = findings.map(({ plugin, finding }) => `${plugin}=${finding}`).join(', ');
  test(`${names || 'no finding'}, with ${plugins.join() || 'no plugin'} named`, () => {
    assert.equal(concernsSpam(findings, plugins), concerns);
    assert.equal(mayRelease(findings, { plugins }), releases);
  });
}

test('without the key, readers release nothing', () => {
  assert.equal(mayRelease([spam], undefined), false);
});
