import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../../src/config/load.ts';
import { ConfigError, formatProblem } from '../../src/config/problem.ts';
import { badConfigurations, goodYaml } from './bad-configurations.ts';

test('the configuration that the bad ones are made from is good', async () => {
  await readConfig(goodYaml, 'postern.yaml', {});
});

for (const { name, yaml, answers } of badConfigurations) {
  test(`${name} is answered with file, line and path`, async () => {
    await assert.rejects(readConfig(yaml, 'postern.yaml', {}), (error) => {
      assert(error instanceof ConfigError);
      assert.deepEqual(
        error.problems.map(formatProblem),
        answers.map((answer) => `postern.yaml:${answer}`),
      );
      return true;
    });
  });
}

test('there are enough of them, each different', () => {
  assert(badConfigurations.length >= 25);
  assert.equal(new Set(badConfigurations.map(({ yaml }) => yaml)).size, badConfigurations.length);
});
