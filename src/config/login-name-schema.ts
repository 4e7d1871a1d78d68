// Owns the keys that say how login names are read: which part is the user, and what the server is told.
import { z } from 'zod';
import { highestGroup, LinearPattern } from '../base/linear-pattern.ts';
import { host, oneOf } from './values.ts';

const delimiterError = 'expected one or two printable ASCII characters that are no letter or digit';

const delimiter = z
  .string({ error: delimiterError })
  .regex(/^[!-/:-@[-`{-~]{1,2}$/, { error: delimiterError })
  .describe('What stands between user and host; # for user-host and : for host-user by default.');

const domainOrAny = z
  .union([z.literal('*'), host('A domain.')], { error: "expected a domain, or '*' for any" })
  .describe('Domain that is left out with its @; * is any.');

const stepError =
  'expected one of lower_case, strip_domain, append_domain and replace, such as {strip_domain: example.org}';

const maxPatternLength = 500;
const patternError = `expected a regular expression of at most ${maxPatternLength} characters`;
const byError =
  'expected printable ASCII; $1 to $9 stand for groups of the pattern, $$ for a dollar sign';

const replaceSchema = z
  .strictObject({
    pattern: z
      .string({ error: patternError })
      .min(1, { error: patternError })
      .max(maxPatternLength, { error: patternError })
      .describe('Regular expression (syntax of RE2); its first match in the name is replaced.'),
    with: z
      .string({ error: byError })
      .regex(/^[ -~]{0,200}$/, { error: byError })
      .describe('What takes its place; $1 to $9 are the groups of the pattern.'),
  })
  .transform(({ pattern: source, with: by }, context): RewriteStep => {
    const report = (key: 'pattern' | 'with', message: string): never => {
      context.addIssue({ code: 'custom', path: [key], message });
      return z.NEVER;
    };
    try {
      const pattern = new LinearPattern(source);
      const group = highestGroup(by);
      if (group === undefined) return report('with', byError);
      if (group <= pattern.groups) return { kind: 'replace', pattern, by };
      return report('with', `expected groups of the pattern, which has ${pattern.groups}`);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return report('pattern', `expected a regular expression of RE2: ${error.message}`);
    }
  });

const stepSchema = z
  .strictObject({
    lower_case: oneOf('Letters that are made small: of the domain, or of the whole name.', [
      'domain',
      'all',
    ]).optional(),
    strip_domain: domainOrAny.optional(),
    append_domain: host('Domain that is put behind a name without one.').optional(),
    replace: replaceSchema.describe('Puts other text in the place of a match.').optional(),
  })
  .transform((step, context): RewriteStep => {
    const [first, second] = stepsOf(step);
    if (first !== undefined && second === undefined) return first;
    context.addIssue({ code: 'custom', message: stepError });
    return z.NEVER;
  });

interface GivenStep {
  readonly lower_case?: 'domain' | 'all' | undefined;
  readonly strip_domain?: string | undefined;
  readonly append_domain?: string | undefined;
  readonly replace?: RewriteStep | undefined;
}

function* stepsOf({
  lower_case,
  strip_domain,
  append_domain,
  replace,
}: GivenStep): Iterable<RewriteStep> {
  if (lower_case !== undefined) yield { kind: 'lower case', part: lower_case };
  if (strip_domain !== undefined) yield { kind: 'strip domain', domain: strip_domain };
  if (append_domain !== undefined) yield { kind: 'append domain', domain: append_domain };
  if (replace !== undefined) yield replace;
}

/** One change of a name; they are made in order. */
export type RewriteStep =
  | { readonly kind: 'lower case'; readonly part: 'domain' | 'all' }
  | { readonly kind: 'strip domain'; readonly domain: string }
  | { readonly kind: 'append domain'; readonly domain: string }
  | { readonly kind: 'replace'; readonly pattern: LinearPattern; readonly by: string };

export const loginNameSchema = z
  .strictObject({
    form: oneOf(
      'What a name is: plain, user-host (ann#pop.example.net:995) or host-user (pop.example.net:995:ann:ssl). A name of another form is taken as plain.',
      ['plain', 'user-host', 'host-user'],
    ).default('plain'),
    delimiter: delimiter.optional(),
    rewrite: z
      .array(stepSchema, { error: 'expected a list of changes' })
      .describe('Changes of the user before the server is told, in order.')
      .default([]),
  })
  .transform(({ form, delimiter: given, rewrite }) => ({
    form,
    delimiter: given ?? (form === 'host-user' ? ':' : '#'),
    rewrite,
  }));

export type LoginNameConfig = z.output<typeof loginNameSchema>;
