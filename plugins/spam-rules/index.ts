// Owns named rules with weights beside what is learned: for what a statistic cannot see, such as a name
// that is borrowed or a link that does not lead where it says.
import { definePlugin, type PluginServices } from '#plugin-api';
import { activeRules, builtInNames } from './active-rules.ts';
import { type ActiveRule, evaluate, toVerdict } from './evaluation.ts';
import { readLetter } from './letter/read-letter.ts';
import { optionsSchema, type SpamRulesOptions } from './options.ts';
import { loadRules } from './own/load-rules.ts';
import { WatchedFile } from './own/watched-file.ts';
import { tools } from './tools.ts';

export default definePlugin<SpamRulesOptions>({
  name: 'spam-rules',
  version: '1',
  options: optionsSchema,
  async setup(options, services) {
    const currentRules = await rulesOf(options, services);
    return {
      givesScores: true,
      // No cacheKey: what is forged depends on the reader and the day, and a verdict takes a millisecond.
      async inspect(message) {
        const rules = await currentRules();
        const letter = await readLetter(message, options, services.clock.nowMs());
        return toVerdict(await evaluate(rules, letter), options.limit);
      },
    };
  },
  tools,
  async *check({ rules, rulesFile }, { resolvePath }) {
    if (rulesFile === undefined) return;
    const path = resolvePath(rulesFile);
    const file = await loadRules(path, builtInNames, rules);
    yield { level: 'ok', found: `${file.rules.length} rules in ${rulesFile}` };
  },
});

type RuleServices = Pick<PluginServices, 'clock' | 'log' | 'resolvePath'>;

/** Those of the options never change, those of a file may. */
async function rulesOf(
  { scores, rules, rulesFile }: SpamRulesOptions,
  { clock, log, resolvePath }: RuleServices,
): Promise<() => Promise<readonly ActiveRule[]>> {
  if (rulesFile === undefined) {
    const active = activeRules(scores, rules);
    return async () => active;
  }
  const load = async (path: string): Promise<readonly ActiveRule[]> => {
    const file = await loadRules(path, builtInNames, rules);
    return activeRules(scores, [...rules, ...file.rules]);
  };
  const file = await WatchedFile.open({ path: resolvePath(rulesFile), clock, log, load });
  return () => file.current();
}
