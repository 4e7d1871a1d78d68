// Owns the words for what zod dislikes. It knows values and paths, but no lines and no files.
import type { z } from 'zod';
import { isSecretName } from '../base/secret-name.ts';
import { knownKeys } from './json-schema.ts';
import { type ConfigPath, showValue } from './problem.ts';
import { suggest } from './suggestion.ts';

export interface Finding {
  readonly path: ConfigPath;
  /** Whether the key itself or its value is wrong. */
  readonly about: 'key' | 'value';
  readonly message: string;
}

export type CheckResult<T> =
  | { readonly kind: 'valid'; readonly output: T }
  | { readonly kind: 'invalid'; readonly findings: readonly Finding[] };

/** Parses `input`; every finding starts with what was expected, unless the schema has words of its own. */
export function check<T>(schema: z.ZodType<T>, input: unknown): CheckResult<T> {
  const result = schema.safeParse(input, { error: (issue) => expectation(issue) });
  if (result.success) return { kind: 'valid', output: result.data };
  const findings = result.error.issues.flatMap((issue) => findingsOf(issue, [], schema, input));
  return { kind: 'invalid', findings };
}

type Issue = z.core.$ZodIssue;

function findingsOf(
  issue: Issue,
  base: ConfigPath,
  schema: z.ZodType,
  input: unknown,
): readonly Finding[] {
  const path = [...base, ...issue.path.map((step) => (typeof step === 'symbol' ? '' : step))];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...path, key], knownKeys(schema, path)));
  }
  // The generic text of a union says nothing; the branch that fits best says what was meant.
  if (issue.code === 'invalid_union' && issue.message === unionText) {
    const nearest = issue.errors.toSorted((a, b) => misfit(a) - misfit(b))[0] ?? [];
    if (nearest.length > 0) {
      return nearest.flatMap((inner) => findingsOf(inner, path, schema, input));
    }
  }
  return [{ path, about: 'value', message: describe(issue, path, input) }];
}

function unknownKey(path: ConfigPath, known: readonly string[]): Finding {
  const key = String(path.at(-1));
  const meant = suggest(key, known);
  const hint = meant === undefined ? '' : `; did you mean '${meant}'?`;
  return { path, about: 'key', message: `unknown key '${key}'${hint}` };
}

function describe(issue: Issue, path: ConfigPath, input: unknown): string {
  const value = valueAt(input, path);
  if (issue.code === 'custom') return issue.message;
  if (value === undefined) return `missing; ${issue.message}`;
  return isSecretName(String(path.at(-1)))
    ? issue.message
    : `${issue.message}, got ${showValue(value)}`;
}

const unionText = 'expected one of several forms';

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

/** Text for issues of schemas that bring no text of their own. */
function expectation(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${typeNames[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `expected ${issue.values.map(String).join(' or ')}`;
    case 'too_small':
      return `expected at least ${amount(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `expected at most ${amount(issue.maximum, issue.origin)}`;
    case 'invalid_format':
      return issue.format === 'regex'
        ? `expected text matching ${issue.pattern}`
        : `expected text of the form ${issue.format}`;
    case 'invalid_union':
      return unionText;
    default:
      return undefined;
  }
}

function amount(bound: number | bigint, origin: string): string {
  if (origin === 'string') return `${bound} characters`;
  return origin === 'array' ? `${bound} items` : String(bound);
}

/** A branch of another type altogether is further off than any number of wrong keys. */
function misfit(issues: readonly Issue[]): number {
  const weights = issues.map((issue) => {
    const isOfOtherType = issue.code === 'invalid_type' || issue.code === 'invalid_value';
    if (isOfOtherType && issue.path.length === 0) return 1000;
    return issue.code === 'unrecognized_keys' ? issue.keys.length : 1;
  });
  return weights.reduce((sum, weight) => sum + weight, 0);
}

function valueAt(input: unknown, path: ConfigPath): unknown {
  let value = input;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}
