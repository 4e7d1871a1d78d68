import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allFilters } from '../../../bench/spam/filters/all-filters.ts';
import { parseSpamOptions, spamHelpText } from '../../../bench/spam/options.ts';
import { allProtocols } from '../../../bench/spam/schedule.ts';

test('without options everything is measured on all messages', () => {
  const options = parseSpamOptions([]);
  assert.ok(options.kind === 'run');
  assert.equal(options.size, 'full');
  assert.deepEqual(options.parts, [...allProtocols.map(({ name }) => name), 'evasions']);
  assert.deepEqual(options.filters, allFilters);
});

test('protocols and filters can be chosen, and a name that is none is refused', () => {
  const options = parseSpamOptions(['--protocol', 'folds,evasions', '--only', 'crm114', '--quick']);
  assert.ok(options.kind === 'run');
  assert.equal(options.size, 'quick');
  assert.deepEqual(options.parts, ['folds', 'evasions']);
  assert.deepEqual(
    options.filters.map(({ name }) => name),
    ['crm114'],
  );
  assert.throws(() => parseSpamOptions(['--protocol', 'fold']), /no protocol fold/);
  assert.throws(() => parseSpamOptions(['--only', 'spambayes']), /no filter spambayes/);
});

test('the help names every protocol and every filter', () => {
  for (const { name } of [...allProtocols, ...allFilters]) assert.ok(spamHelpText().includes(name));
});
