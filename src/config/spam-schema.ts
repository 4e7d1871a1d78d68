// Owns the keys of what the scores of all spam engines together lead to.
import { z } from 'zod';
import { placeRuleSchema, wholeActions } from './plugin-schema.ts';
import { oneOf, section } from './values.ts';

function probability(about: string, fallback: number) {
  const error = 'expected a probability above 0 and below 1, such as 0.9';
  return z.number({ error }).gt(0, { error }).lt(1, { error }).describe(about).default(fallback);
}

const weightError = 'expected a number from 0 to 10';

const weightsSchema = z.record(
  z.string(),
  z.number({ error: weightError }).min(0, { error: weightError }).max(10, { error: weightError }),
  { error: 'expected a mapping of plugin names to numbers' },
);

const subjectError = 'expected at most 60 characters of one line';

function subjectText(about: string) {
  return z
    .string({ error: subjectError })
    .max(60, { error: subjectError })
    .regex(/^\P{Cc}*$/u, { error: subjectError })
    .describe(about)
    .default('');
}

const flagError =
  'expected the name of a header field that starts with X-, but not with X-Postern-';

const flagHeader = z
  .string({ error: flagError })
  .regex(/^x-(?!postern-)[a-z0-9-]{1,60}$/i, { error: flagError });

const ruleSchema = placeRuleSchema.extend({
  verdict: oneOf('Only messages of this result.', ['spam', 'unsure']).optional(),
  action: oneOf('What is done then.', wholeActions),
});

export const spamSchema = z
  .strictObject({
    spam_from: probability('Probability from which a message is spam.', 0.9),
    unsure_from: probability('Probability from which a message may be spam.', 0.5),
    weights: section(weightsSchema).describe(
      'What the scores of plugins are multiplied with before they are added, by name of the plugin; 1 by default.',
    ),
    on_spam: oneOf('When a message is spam.', wholeActions).default('tag'),
    on_unsure: oneOf('When a message may be spam.', wholeActions).default('pass'),
    policy: z
      .preprocess(
        (value) => value ?? [],
        z.array(ruleSchema, { error: 'expected a list of rules' }),
      )
      .describe('Exceptions from on_spam and on_unsure; the first that fits decides.')
      .prefault([]),
    subject_tag: subjectText('Put before the subject of spam.'),
    unsure_subject_tag: subjectText('Put before the subject of what may be spam.'),
    flag_header: flagHeader
      .optional()
      .describe(
        'A field of this name says YES in spam, for rules of mail programs. What a sender wrote under that name is removed.',
      ),
  })
  .superRefine(({ spam_from, unsure_from }, context) => {
    if (unsure_from <= spam_from) return;
    const message = `expected at most spam_from, which is ${spam_from}`;
    context.addIssue({ code: 'custom', path: ['unsure_from'], message });
  })
  .transform((spam) => ({
    spamFrom: spam.spam_from,
    unsureFrom: spam.unsure_from,
    weights: spam.weights,
    onSpam: spam.on_spam,
    onUnsure: spam.on_unsure,
    rules: spam.policy,
    subjectTag: spam.subject_tag,
    unsureSubjectTag: spam.unsure_subject_tag,
    flagHeader: spam.flag_header,
  }));
