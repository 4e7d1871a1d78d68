// Owns the search of messages by the user's YARA rules: puts the pieces together. Only a complete scan lets
// a message pass; a thread that dies is an error.
import { definePlugin, type MessageView, type PluginServices, type Verdict } from '#plugin-api';
import { check } from './check.ts';
import { scanMessage } from './message-scan.ts';
import { optionsSchema, type YaraOptions } from './options.ts';
import { digestOf, readRules } from './rule-files.ts';
import { checkWords, hasScores } from './rule-word.ts';
import { Scanner } from './scanner.ts';
import type { Complaint } from './scanning.ts';
import { toVerdict } from './verdict.ts';

export default definePlugin<YaraOptions>({
  name: 'yara',
  version: '1',
  options: optionsSchema,
  check,
  inputs: async ({ rules }, { resolvePath }) => digestOf(await readRules(rules, resolvePath)),
  async setup(options, { log, clock, resolvePath }) {
    const sources = await readRules(options.rules, resolvePath);
    checkWords(sources);
    const scanner = new Scanner({ ...options, sources, clock });
    tell(await scanner.open(), log);
    const digest = digestOf(sources);
    log.info({ files: sources.length, rules: digest }, 'YARA rules are compiled');
    return {
      ...(hasScores(sources) ? { givesScores: true as const } : {}),
      async inspect(message: MessageView): Promise<Verdict> {
        // Nobody waits for a turn while another message is slow to arrive.
        await message.size();
        const scan = await scanner.use(message.signal, (session) =>
          scanMessage(message, session, options, () => clock.monotonicMs()),
        );
        return toVerdict(scan, options);
      },
      cacheKey: () => `yara/${digest}`,
      dispose: () => scanner.end(),
    };
  },
});

function tell(warnings: readonly Complaint[], log: PluginServices['log']): void {
  for (const { file, line, text } of warnings) log.warn({ file, line, text }, 'warning on a rule');
}
