import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  documentFile,
  readmeFile,
  readResults,
  renderReadmeSection,
  renderSection,
  withSection,
} from '../../bench/document.ts';
import { allPeers } from '../../bench/peers/all-peers.ts';
import { allScenarios } from '../../bench/scenarios/all-scenarios.ts';
import { reportOf, rowOf, tableOf } from './report-of.ts';

const document = readFileSync(documentFile, 'utf8');

test('the figures in docs/performance.md are those of bench/results.json', () => {
  assert.equal(document, withSection(document, renderSection(readResults())));
});

test('the figures at the head of the README are those of bench/results.json', () => {
  const readme = readFileSync(readmeFile, 'utf8');
  assert.equal(readme, withSection(readme, renderReadmeSection(readResults())));
});

test('docs/performance.md names every scenario and every peer', () => {
  for (const { name } of [...allScenarios, ...allPeers]) {
    assert.match(document, new RegExp(`^\\| \`${name}\` +\\|`, 'm'), name);
  }
});

test('other figures take the place of those before, and the text stays', () => {
  const section = renderSection(reportOf([tableOf([rowOf('postern', { cpu: [1] })])]));
  const once = withSection(document, section);
  assert.match(once, /^\| postern +\| +1\.00 \|/m);
  assert.equal(withSection(once, section), once);
  assert.equal(once.split('## Figures')[0], document.split('## Figures')[0]);
});

test('a document without markers is refused', () => {
  assert.throws(() => withSection('# Performance', ''), Error);
});
