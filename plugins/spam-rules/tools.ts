// Owns what the plugin offers on the command line: the rules as a list, their tests, and what hits a
// message.
import { dirname, resolve } from 'node:path';
import type { PluginTool, ToolServices } from '#plugin-api';
import { activeRules, builtInNames } from './active-rules.ts';
import { type ActiveRule, evaluate, type Hit, toVerdict } from './evaluation.ts';
import { readLetter } from './letter/read-letter.ts';
import type { SpamRulesOptions } from './options.ts';
import { loadRules } from './own/load-rules.ts';
import { runTests } from './rule-tests.ts';

type Tool = PluginTool<SpamRulesOptions>;

const list: Tool = async (_args, options, services) => {
  const rules = await rulesOf(options, services);
  const width = Math.max(...rules.map(({ name }) => name.length));
  for (const { name, logOdds, about } of rules) {
    services.print(`${name.padEnd(width)}  ${signed(logOdds)}  ${about}`.trimEnd());
  }
  return 'done';
};

/** The login name of the reader, then paths of messages. */
const explain: Tool = async ([user = '', ...files], options, services) => {
  const rules = await rulesOf(options, services);
  for (const file of files) {
    const hits = await hitsOn(await services.readFile(file), { rules, user, options, services });
    const { logOdds } = toVerdict(hits, options.limit);
    const percent = (100 / (1 + Math.exp(-logOdds))).toFixed(1);
    services.print(`${file}: ${signed(logOdds)} (${percent} % spam, by these rules alone)`);
    for (const { rule, evidence } of hits.toSorted(byWeight)) {
      services.print(`  ${signed(rule.logOdds)}  ${rule.name}: ${evidence}`);
    }
  }
  return 'done';
};

const test: Tool = async (files, options, services) => {
  let failures = 0;
  for (const file of files) {
    const { rules: others, tests } = await loadRules(file, builtInNames, options.rules);
    // Those without weight are tested as well.
    const rules = activeRules(new Map(), [...options.rules, ...others]);
    const folder = dirname(resolve(file));
    const report = await runTests(tests, {
      readMessage: (path) => services.readFile(resolve(folder, path)),
      hits: async (octets) => {
        const hits = await hitsOn(octets, { rules, user: 'sample', options, services });
        return new Map(hits.map((hit) => [hit.rule.name, hit.evidence]));
      },
    });
    for (const line of report.failures) services.print(`${file}: ${line}`);
    services.print(`${file}: ${report.passed} passed, ${report.failures.length} failed`);
    failures += report.failures.length;
  }
  return failures === 0 ? 'done' : 'failed';
};

export const tools = { list, explain, test } as const;

interface Surroundings {
  readonly rules: readonly ActiveRule[];
  readonly user: string;
  readonly options: SpamRulesOptions;
  readonly services: ToolServices;
}

async function hitsOn(
  octets: Buffer,
  { rules, user, options, services }: Surroundings,
): Promise<Hit[]> {
  return await services.withMessage(octets, user, async (message) =>
    evaluate(rules, await readLetter(message, options, services.clock.nowMs())),
  );
}

async function rulesOf(
  options: SpamRulesOptions,
  { resolvePath }: ToolServices,
): Promise<readonly ActiveRule[]> {
  const { rulesFile, scores, rules: own } = options;
  if (rulesFile === undefined) return activeRules(scores, own);
  const file = await loadRules(resolvePath(rulesFile), builtInNames, own);
  return activeRules(scores, [...own, ...file.rules]);
}

function byWeight(one: Hit, other: Hit): number {
  return Math.abs(other.rule.logOdds) - Math.abs(one.rule.logOdds);
}

function signed(logOdds: number): string {
  const text = logOdds.toFixed(2);
  return text.startsWith('-') ? text : `+${text}`;
}
