// Owns the check-up of the plugin: whether the rules can be compiled. No message is scanned.
import type { CheckServices, Diagnosis } from '#plugin-api';
import type { YaraOptions } from './options.ts';
import { readRules } from './rule-files.ts';
import { checkWords } from './rule-word.ts';
import { Scanner } from './scanner.ts';

export async function* check(
  options: YaraOptions,
  { clock, resolvePath }: CheckServices,
): AsyncGenerator<Diagnosis, void, void> {
  const sources = await readRules(options.rules, resolvePath);
  checkWords(sources);
  const scanner = new Scanner({ ...options, sources, clock });
  try {
    const warnings = await scanner.open();
    const files = sources.length === 1 ? '1 file' : `${sources.length} files`;
    yield { level: 'ok', found: `${files} of YARA rules can be compiled` };
    for (const { file, line, text } of warnings) {
      yield {
        level: 'warn',
        found: `${file}:${line}: ${text}`,
        advice: 'The rule works; see whether it can be written in another way.',
      };
    }
  } finally {
    await scanner.end();
  }
}
