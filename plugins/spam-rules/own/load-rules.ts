// Owns reading a file of rules: what is wrong with it is told with its line.
import { type Finding, loadYamlFile } from '#plugin-api';
import { findNameProblem } from './rule-order.ts';
import { type OwnRule, type RuleFile, ruleFileSchema } from './rule-schema.ts';

/** `others`: rules of the options, which those of the file may ask about. */
export async function loadRules(
  path: string,
  builtInNames: ReadonlySet<string>,
  others: readonly OwnRule[],
): Promise<RuleFile> {
  const taken = new Set([...builtInNames, ...others.map(({ name }) => name)]);
  return await loadYamlFile(path, ruleFileSchema, ({ rules, tests }): Finding[] => {
    const problem = findNameProblem(rules, taken);
    if (problem !== undefined) {
      const { index, key, message } = problem;
      return [{ path: ['rules', index, key], about: 'value', message }];
    }
    const known = new Set([...taken, ...rules.map(({ name }) => name)]);
    return tests.flatMap(({ rule }, index): Finding[] =>
      known.has(rule)
        ? []
        : [{ path: ['tests', index, 'rule'], about: 'value', message: `no rule is named ${rule}` }],
    );
  });
}
