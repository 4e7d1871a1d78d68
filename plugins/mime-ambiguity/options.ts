// Owns the options of the plugin: names, defaults, and the sentence for a value that is wrong.
import { z } from '#plugin-api';
import { knownKinds } from './kinds.ts';

export type Choice = 'block' | 'flag' | 'pass';

const choice = z.enum(['block', 'flag', 'pass'], { error: 'expected block, flag or pass' });

const kindError = (given: unknown): string =>
  `expected a kind of docs/ambiguities.md, such as uuencode; ${JSON.stringify(given)} is none`;

const kinds = z
  .record(z.string(), choice, { error: 'expected kinds, each with block, flag or pass' })
  .superRefine((rules, context) => {
    for (const kind of Object.keys(rules)) {
      const isKnown = knownKinds.some((known) => known === kind);
      if (!isKnown) context.addIssue({ code: 'custom', path: [kind], message: kindError(kind) });
    }
  });

export const optionsSchema = z
  .strictObject({
    unresolved: choice
      .default('block')
      .describe(
        'What becomes of a message of which some program may get more than can be seen here.',
      ),
    resolved: choice
      .default('pass')
      .describe('The same where all readings are seen, and scanners look at each of them.'),
    kinds: kinds.default({}).describe('Other choices for single kinds.'),
  })
  .transform(({ kinds: rules, ...byReach }) => ({
    byReach,
    rules: new Map(Object.entries(rules)),
  }));

export type MimeAmbiguityOptions = z.output<typeof optionsSchema>;
