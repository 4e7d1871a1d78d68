// Owns how a rule is written in the options.
import { optionalSize, z } from '#plugin-api';
import { isTrait, traits } from '../trait.ts';
import { glob } from './glob.ts';
import type { Rule } from './rule.ts';

const nameError =
  'expected a name of letters, digits, dot, hyphen and underscore, at most 64 characters';
const traitError = `expected a trait: ${traits.join(', ')}`;
const patternError = 'expected a pattern such as *.iso, at most 255 characters';
const detectedError = 'expected a type such as pdf or iso';
const textError = 'expected a sentence on one line, at most 500 characters';
const listError = 'expected a list with at least one member';

const anySize = { example: '25MB', min: '0B', max: '2GB' } as const;

const pattern = z
  .string({ error: patternError })
  .regex(/^\P{Cc}{1,255}$/u, { error: patternError })
  .transform(glob);

function listOf<Item extends z.ZodType>(item: Item, about: string) {
  return z
    .array(item, { error: listError })
    .min(1, { error: listError })
    .optional()
    .describe(about);
}

const match = z
  .strictObject({
    traits: listOf(
      z.string({ error: traitError }).refine(isTrait, { error: traitError }),
      'Remarkable properties, of which the file has at least one.',
    ),
    names: listOf(pattern, 'Patterns, of which one fits a name of the file.'),
    types: listOf(pattern, 'Patterns, of which one fits the type that the message declares.'),
    detected: listOf(
      z.string({ error: detectedError }).regex(/^[\w.-]{1,32}$/, { error: detectedError }),
      'Types by content.',
    ),
    inside: z
      .enum(['message', 'archive', 'document', 'any'], {
        error: 'expected message, archive, document or any',
      })
      .optional()
      .describe('What the file lies in, immediately.'),
    min_size: optionalSize('Least size of the file, unpacked.', anySize),
    max_size: optionalSize('Greatest size of the file, unpacked.', anySize),
  })
  .refine((conditions) => Object.values(conditions).some((each) => each !== undefined), {
    error: 'expected at least one condition',
  });

export const ruleSchema = z
  .strictObject({
    name: z
      .string({ error: nameError })
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, { error: nameError })
      .describe('What the verdict is called in headers, notices and logs.'),
    match: match.describe('What a file must be like; all conditions hold together.'),
    verdict: z
      .enum(['block', 'flag', 'pass'], { error: 'expected block, flag or pass' })
      .describe('What becomes of the file. Files in a file that passes are judged on their own.'),
    explanation: z
      .string({ error: textError })
      .regex(/^\P{Cc}{1,500}$/u, { error: textError })
      .optional()
      .describe('A sentence for the reader of the notice.'),
  })
  .transform(
    ({ name, match: { min_size, max_size, ...conditions }, verdict, explanation }): Rule => ({
      name,
      verdict,
      explanation,
      match: { ...conditions, minBytes: min_size, maxBytes: max_size },
    }),
  );
