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
  let scanner: Scanner | undefined;
  try {
    const sources = await readRules(options.rules, resolvePath);
    checkWords(sources);
    scanner = new Scanner({ ...options, sources, clock });
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
  } catch (error) {
    yield {
      level: 'fail',
      found: error instanceof Error ? error.message : String(error),
      advice: 'Correct it: with these rules Postern neither starts nor reloads.',
    };
  } finally {
    await scanner?.end();
  }
}
