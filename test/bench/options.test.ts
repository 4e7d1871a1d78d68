import assert from 'node:assert/strict';
import { test } from 'node:test';
import { helpText, parseOptions } from '../../bench/harness/options.ts';

function run(...args: readonly string[]) {
  const options = parseOptions(args);
  assert.equal(options.kind, 'run');
  return options;
}

test('without arguments everything runs, in full size', () => {
  const { scenarios, bench } = run();
  assert.ok(scenarios.length >= 8);
  assert.ok(bench.peers.length >= 9);
  assert.equal(bench.size, 'full');
  assert.equal(bench.upstream, 'source');
});

test('scenarios and peers keep their usual order', () => {
  const { scenarios, bench } = run('large', 'login', '--quick', '--peers', 'postern,direct');
  assert.deepEqual(
    scenarios.map(({ name }) => name),
    ['login', 'large'],
  );
  assert.deepEqual(
    bench.peers.map(({ name }) => name),
    ['direct', 'postern'],
  );
  assert.equal(bench.size, 'quick');
});

test('what does not exist is refused by name', () => {
  assert.throws(() => parseOptions(['logins']), /no scenario logins; there are login, /);
  assert.throws(() => parseOptions(['--peers', 'qpopper']), /no peer qpopper; there are direct, /);
  assert.throws(() => parseOptions(['--upstream', 'courier']), RangeError);
  assert.throws(() => parseOptions(['--rounds', '0']), RangeError);
  assert.throws(() => parseOptions(['--fast']), TypeError);
});

test('the help names every scenario', () => {
  assert.equal(parseOptions(['--help']).kind, 'help');
  for (const { name } of run().scenarios)
    assert.match(helpText(), new RegExp(`^ {2}${name} `, 'm'));
});
