// Owns how conditions are written.
import { LinearPattern, optionalSize, z } from '#plugin-api';
import type { Comparison } from './comparison.ts';
import { type Condition, textKinds } from './condition.ts';

const textError = 'expected text of at most 1000 characters';
const text = z
  .string({ error: textError })
  .min(1, { error: textError })
  .max(1000, { error: textError });
const comparisonError = 'expected exactly one of contains, equals, glob and matches';

const pattern = text.transform((source, context) => {
  try {
    return new LinearPattern(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.addIssue({ code: 'custom', message: `not an expression that RE2 takes: ${reason}` });
    return z.NEVER;
  }
});

const comparisonKeys = {
  contains: text.optional().describe('This stands in it, in whatever case.'),
  equals: text.optional().describe('It is this, in whatever case.'),
  glob: text.optional().describe('It fits this from end to end; * is any run, ? any one.'),
  matches: pattern.optional().describe('An expression in the syntax of RE2 fits in it.'),
};

interface WrittenComparison {
  readonly contains?: string | undefined;
  readonly equals?: string | undefined;
  readonly glob?: string | undefined;
  readonly matches?: LinearPattern | undefined;
}

function toComparisons({ contains, equals, glob, matches }: WrittenComparison): Comparison[] {
  const found: Comparison[] = [];
  if (contains !== undefined) found.push({ kind: 'contains', text: contains });
  if (equals !== undefined) found.push({ kind: 'equals', text: equals });
  if (glob !== undefined) found.push({ kind: 'glob', text: glob });
  if (matches !== undefined) found.push({ kind: 'matches', pattern: matches });
  return found;
}

const comparison = z
  .strictObject(comparisonKeys, { error: `${comparisonError}, such as {contains: invoice}` })
  .transform((written, context): Comparison => {
    const [found, another] = toComparisons(written);
    if (found !== undefined && another === undefined) return found;
    context.addIssue({ code: 'custom', message: comparisonError });
    return z.NEVER;
  });

const fieldError = 'expected the name of a header field, such as X-Mailer';

const header = z
  .strictObject({
    name: z.string({ error: fieldError }).regex(/^[!-9;-~]{1,127}$/, { error: fieldError }),
    ...comparisonKeys,
  })
  .transform(({ name, ...written }, context): Condition => {
    const [found, another] = toComparisons(written);
    if (another === undefined) return { kind: 'header', name, comparison: found ?? 'exists' };
    context.addIssue({ code: 'custom', message: comparisonError });
    return z.NEVER;
  });

const sizes = { example: '1MB', min: '0B', max: '2GB' } as const;

/** Deeper ones nobody understands. */
const mostConditions = 100;
const listError = `expected a list of 1 to ${mostConditions} conditions`;

const kinds = ['all', 'any', 'not', 'rule', 'header', ...textKinds, 'larger_than', 'smaller_than'];
const conditionError = `expected exactly one of ${kinds.join(', ')}`;

export const conditionSchema: z.ZodType<Condition> = z.lazy(() => written);

const list = z
  .array(conditionSchema, { error: listError })
  .min(1, { error: listError })
  .max(mostConditions, { error: listError });

const given = z.strictObject(
  {
    all: list.optional().describe('Each of these holds.'),
    any: list.optional().describe('One of these holds.'),
    not: conditionSchema.optional().describe('This does not hold.'),
    rule: text.optional().describe('The rule of this name hits.'),
    header: header.optional().describe('A header field; without a comparison: it is there.'),
    from: comparison.optional().describe('An address in From.'),
    from_name: comparison.optional().describe('A display name in From.'),
    to: comparison.optional().describe('An address in To or Cc.'),
    reply_to: comparison.optional().describe('An address in Reply-To.'),
    subject: comparison.optional().describe('The subject, decoded.'),
    text: comparison.optional().describe('The beginning of what a reader sees, decoded.'),
    uri: comparison.optional().describe('An URI in the text.'),
    attachment: comparison.optional().describe('A name of an attachment.'),
    attachment_type: comparison.optional().describe('The type of one, such as text/html.'),
    larger_than: optionalSize('The whole message is larger.', sizes),
    smaller_than: optionalSize('The whole message is smaller.', sizes),
  },
  { error: conditionError },
);

const written = given.transform((keys, context): Condition => {
  const [condition, another] = toConditions(keys);
  if (condition !== undefined && another === undefined) return condition;
  context.addIssue({ code: 'custom', message: conditionError });
  return z.NEVER;
});

function toConditions(keys: z.output<typeof given>): Condition[] {
  const { all, any, not, rule, header: field, larger_than, smaller_than } = keys;
  const found: Condition[] = [];
  if (all !== undefined) found.push({ kind: 'all', conditions: all });
  if (any !== undefined) found.push({ kind: 'any', conditions: any });
  if (not !== undefined) found.push({ kind: 'not', condition: not });
  if (rule !== undefined) found.push({ kind: 'rule', name: rule });
  if (field !== undefined) found.push(field);
  if (larger_than !== undefined) found.push({ kind: 'larger_than', bytes: larger_than });
  if (smaller_than !== undefined) found.push({ kind: 'smaller_than', bytes: smaller_than });
  for (const kind of textKinds) {
    const each = keys[kind];
    if (each !== undefined) found.push({ kind, comparison: each });
  }
  return found;
}
