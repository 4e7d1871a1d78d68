// Owns how a rule of an administrator is written, and what a file of them holds.
import { z } from '#plugin-api';
import type { Condition } from './condition.ts';
import { conditionSchema } from './condition-schema.ts';

export interface OwnRule {
  readonly name: string;
  readonly about: string;
  readonly logOdds: number;
  readonly when: Condition;
}

export interface RuleTest {
  readonly rule: string;
  /** Messages, or paths of files with one, on which the rule hits, or does not. */
  readonly hits: readonly string[];
  readonly misses: readonly string[];
}

export interface RuleFile {
  readonly rules: readonly OwnRule[];
  readonly tests: readonly RuleTest[];
}

const weightError = 'expected a number from -20 to 20';
export const weight = z
  .number({ error: weightError })
  .min(-20, { error: weightError })
  .max(20, { error: weightError });

/** Five points are spam to SpamAssassin, and 95 % here. */
const logOddsOfPoint = 0.6;

const nameError =
  'expected a name of letters, digits, dot, hyphen and underscore, at most 64 characters';
const name = z
  .string({ error: nameError })
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, { error: nameError });

const aboutError = 'expected a sentence on one line, at most 300 characters';

const ruleSchema = z
  .strictObject({
    name: name.describe('What headers and records call it.'),
    about: z
      .string({ error: aboutError })
      .regex(/^\P{Cc}{1,300}$/u, { error: aboutError })
      .optional()
      .describe('A sentence for people.'),
    score: weight.optional().describe('What a hit adds, as log-odds: 3 makes even odds 95 %.'),
    points: weight.optional().describe('The same in points, of which 5 make spam.'),
    when: conditionSchema.describe('What a message must be like.'),
  })
  .transform(({ name: called, about = '', score, points, when }, context): OwnRule => {
    if ((score === undefined) !== (points === undefined)) {
      return { name: called, about, logOdds: score ?? (points ?? 0) * logOddsOfPoint, when };
    }
    context.addIssue({ code: 'custom', message: 'expected either score or points' });
    return z.NEVER;
  });

const rulesError = 'expected a list of rules, at most 300';
export const rulesSchema = z
  .array(ruleSchema, { error: rulesError })
  .max(300, { error: rulesError });

const messagesError = 'expected a list of messages or of paths to files';
const messages = z
  .array(z.string({ error: messagesError }).min(1, { error: messagesError }), {
    error: messagesError,
  })
  .default([]);

const testSchema = z.strictObject({
  rule: name.describe('Name of the rule that is tested.'),
  hits: messages.describe('Messages on which it hits: text of several lines, or a path.'),
  misses: messages.describe('Messages on which it does not hit.'),
});

export const ruleFileSchema = z.strictObject({
  rules: rulesSchema.default([]),
  tests: z.array(testSchema, { error: 'expected a list of tests' }).default([]),
});
