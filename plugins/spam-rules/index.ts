// Owns named rules with weights beside what is learned: for what a statistic cannot see, such as a name
// that is borrowed or a link that does not lead where it says.
import { definePlugin } from '#plugin-api';
import { activeRules } from './active-rules.ts';
import { evaluate, toVerdict } from './evaluation.ts';
import { readLetter } from './letter/read-letter.ts';
import { optionsSchema, type SpamRulesOptions } from './options.ts';

export default definePlugin<SpamRulesOptions>({
  name: 'spam-rules',
  version: '1',
  options: optionsSchema,
  setup(options, { clock }) {
    const rules = activeRules(options.scores);
    return {
      givesScores: true,
      // No cacheKey: what is forged depends on the reader and the day, and a verdict costs less than a ms.
      async inspect(message) {
        const letter = await readLetter(message, options, clock.nowMs());
        return toVerdict(evaluate(rules, letter), options.limit);
      },
    };
  },
});
