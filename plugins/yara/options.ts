// Owns the options of the plugin: names, defaults, and the sentence for a value that is wrong.
import { duration, integer, size, z } from '#plugin-api';

const rulesError = 'expected a list of files of rules, such as [./rules/*.yar]';

export const optionsSchema = z
  .strictObject({
    rules: z
      .array(z.string({ error: rulesError }).regex(/^\P{Cc}{1,1000}$/u, { error: rulesError }), {
        error: rulesError,
      })
      .min(1, { error: rulesError })
      .max(1000, { error: rulesError })
      .describe('Files of YARA rules; * stands for any part of a name, ** for any folders.'),
    verdict: z
      .enum(['block', 'flag'], { error: 'expected block or flag' })
      .default('block')
      .describe('What a rule means that does not say so itself.'),
    max_scan: size('Largest message or decoded part that is scanned.', {
      fallback: '32MB',
      min: '1KB',
      max: '256MB',
    }),
    scan_timeout: duration('For all contents of one message together.', {
      fallback: '20s',
      min: '1ms',
      max: '1h',
    }),
    not_scanned: z
      .enum(['block', 'flag', 'defer'], { error: 'expected block, flag or defer' })
      .default('block')
      .describe(
        'What becomes of a message that is too large or takes too long: blocked, delivered with a flag, or deferred.',
      ),
    threads: integer('Messages scanned at a time; further ones wait in order.', {
      min: 1,
      max: 64,
    }).default(1),
  })
  .transform((options) => ({
    rules: options.rules,
    verdict: options.verdict,
    maxBytes: options.max_scan,
    timeoutMs: options.scan_timeout,
    notScanned: options.not_scanned,
    threads: options.threads,
  }));

export type YaraOptions = z.output<typeof optionsSchema>;
