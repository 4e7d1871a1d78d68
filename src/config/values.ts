// Owns the kinds of value that a configuration is made of, each with the sentence shown when a
// value is not of that kind. The sentences start with "expected", so that they read well after a path.
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { toNamePattern } from '../base/dns-name.ts';
import { parseNetwork } from '../base/network.ts';
import { showValue } from './problem.ts';
import { durationPattern, parseDuration, parseSize, sizePattern } from './units.ts';

/** As written in YAML. */
interface QuantityRange {
  readonly min: string;
  readonly max: string;
}

/** The fallback becomes the default shown to editors. */
type RangeWithFallback = QuantityRange & { readonly fallback: string };

/** The example stands beside what is wrong. */
type RangeWithExample = QuantityRange & { readonly example: string };

/** A duration such as `30s`; milliseconds in the output. */
export function duration(about: string, { fallback, ...range }: RangeWithFallback) {
  const kind = durationKind({ ...range, example: fallback });
  return quantityText(about, kind).default(fallback).transform(toQuantity(kind));
}

export function optionalDuration(about: string, range: RangeWithExample) {
  const kind = durationKind(range);
  return quantityText(about, kind).transform(toQuantity(kind)).optional();
}

/** A size such as `64MB`; bytes in the output. */
export function size(about: string, { fallback, ...range }: RangeWithFallback) {
  const kind = sizeKind({ ...range, example: fallback });
  return quantityText(about, kind).default(fallback).transform(toQuantity(kind));
}

export function optionalSize(about: string, range: RangeWithExample) {
  const kind = sizeKind(range);
  return quantityText(about, kind).transform(toQuantity(kind)).optional();
}

interface QuantityKind {
  readonly pattern: RegExp;
  parse(text: string): number | undefined;
  readonly min: number;
  readonly max: number;
  readonly expected: string;
}

function durationKind({ min, max, example }: RangeWithExample): QuantityKind {
  return {
    pattern: durationPattern,
    parse: parseDuration,
    min: parseDuration(min) ?? 0,
    max: parseDuration(max) ?? Number.MAX_SAFE_INTEGER,
    expected: `expected a duration from ${min} to ${max}, such as ${example}`,
  };
}

function sizeKind({ min, max, example }: RangeWithExample): QuantityKind {
  return {
    pattern: sizePattern,
    parse: parseSize,
    min: parseSize(min) ?? 0,
    max: parseSize(max) ?? Number.MAX_SAFE_INTEGER,
    expected: `expected a size from ${min} to ${max}, such as ${example}`,
  };
}

function quantityText(about: string, { pattern, expected }: QuantityKind) {
  return z.string({ error: expected }).regex(pattern, { error: expected }).describe(about);
}

function toQuantity({ parse, min, max, expected }: QuantityKind) {
  return (text: string, context: z.core.$RefinementCtx<string>): number => {
    const value = parse(text);
    if (value !== undefined && value >= min && value <= max) return value;
    const message = `${expected}, got ${showValue(text)}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
}

/** A whole number within bounds. */
export function integer(
  about: string,
  { min, max }: { readonly min: number; readonly max: number },
) {
  const error = `expected a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error }).describe(about);
}

export const tlsVersions = ['TLSv1.2', 'TLSv1.3'] as const;

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(
  about: string,
  words: Words,
) {
  return z.enum(words, { error: `expected ${orList(words)}` }).describe(about);
}

export function bool(about: string) {
  return z.boolean({ error: 'expected true or false' }).describe(about);
}

/** Text on one line, without control characters. */
export function text(about: string, { maxLength }: { readonly maxLength: number }) {
  const error = `expected text on one line, at most ${maxLength} characters`;
  return z
    .string({ error })
    .min(1, { error })
    .max(maxLength, { error })
    .regex(/^\P{Cc}+$/u, { error })
    .describe(about);
}

/** A name of something in this configuration, used in logs, headers and metrics. */
export function label(about: string) {
  const error =
    'expected a name of letters, digits, dot, hyphen and underscore, at most 64 characters';
  return z
    .string({ error })
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, { error })
    .describe(about);
}

/** A path, relative to the folder of the configuration file. Whether it exists is checked by files.ts. */
export function path(about: string) {
  const error = 'expected a path';
  return z
    .string({ error })
    .min(1, { error })
    .regex(/^\P{Cc}+$/u, { error })
    .describe(about);
}

/** An IP address to listen on; names are refused since they may resolve to surprising interfaces. */
export function ipAddress(about: string) {
  const error = 'expected an IP address such as 127.0.0.1 or "::"';
  return z.union([z.ipv4(), z.ipv6()], { error }).describe(about);
}

/** A DNS name, or one with `*` as its first label; in lower case in the output. */
export function namePattern(about: string) {
  const error = 'expected a name such as pop.example.net or "*.example.net"';
  return z
    .string({ error })
    .transform((text, context) => {
      const pattern = toNamePattern(text);
      if (pattern !== undefined) return pattern;
      context.addIssue({ code: 'custom', message: error });
      return z.NEVER;
    })
    .describe(about);
}

/** Names of hosts or domains; `*` stands for any characters. */
export function namePatterns(about: string) {
  const error = 'expected a name such as example.org or *.example.org';
  const pattern = z
    .string({ error })
    .max(253, { error })
    .regex(/^[^\s@/:\p{Cc}]+$/u, { error });
  return z
    .array(pattern, { error: 'expected a list of names' })
    .min(1, { error: 'expected at least one name' })
    .describe(about);
}

/** A host name or IP address to connect to. */
export function host(about: string) {
  const error = 'expected a host name or an IP address';
  return z
    .string({ error })
    .max(253, { error })
    .regex(/^[A-Za-z0-9_:](?:[A-Za-z0-9._:-]*[A-Za-z0-9_:.])?$/, { error })
    .describe(about);
}

const networkError = 'expected a network such as 192.0.2.0/24, 2001:db8::/32 or one address';

/** An IP network in CIDR notation. */
export function network(about: string) {
  return z
    .string({ error: networkError })
    .describe(about)
    .transform((text, context) => {
      const parsed = parseNetwork(text);
      if (parsed !== undefined) return parsed;
      context.addIssue({ code: 'custom', message: networkError });
      return z.NEVER;
    });
}

export function networks(about: string) {
  return z
    .array(network('A network.'), { error: 'expected a list of networks' })
    .min(1, { error: 'expected at least one network' })
    .describe(about);
}

/** Where a secret comes from. `load.ts` turns it into a Secret. */
export type SecretSource =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string };

export function secret(about: string) {
  const error = 'expected text, {env: NAME} or {file: path}';
  return z
    .union(
      [
        z.string().min(1),
        z.strictObject({ env: z.string().min(1).describe('Name of an environment variable.') }),
        z.strictObject({
          file: z.string().min(1).describe('Path of a file; one newline at its end is ignored.'),
        }),
      ],
      { error },
    )
    .describe(`${about} Text, {env: NAME} or {file: path}.`)
    .transform((value): SecretSource => {
      if (typeof value === 'string') return { kind: 'text', text: value };
      return 'env' in value ? { kind: 'env', name: value.env } : { kind: 'file', path: value.file };
    });
}

/** `de`, `pt-BR`, or `auto` where the key allows it (RFC 5646 s.2.1). */
export function languageTag(about: string) {
  const error = 'expected a language such as en or pt-BR';
  return z
    .string({ error })
    .max(35, { error })
    .regex(/^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/, { error })
    .describe(about);
}

/** A mapping of settings that all have defaults. One whose keys are all commented out counts as absent. */
export function section<Section extends z.ZodType>(schema: Section) {
  return z.preprocess((value) => value ?? {}, schema).prefault({});
}

/** A list that must have members. */
export function listOf<Item extends z.ZodType>(noun: string, item: Item) {
  return z
    .array(item, { error: `expected a list of ${noun}s` })
    .min(1, { error: `expected at least one ${noun}` });
}

/** A list that may be absent or have all its members commented out. */
export function optionalListOf<Item extends z.ZodType>(noun: string, item: Item) {
  const list = z.array(item, { error: `expected a list of ${noun}s` });
  return z.preprocess((value) => value ?? [], list).prefault([]);
}

/** A bundled plugin or an npm package by its name, or a file or folder by its path. */
export function pluginReference(about: string) {
  const error =
    'expected the name of a bundled plugin or an npm package, or a path starting with ./, ../ or /';
  return z
    .string({ error })
    .max(1024, { error })
    .regex(/^(?:(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*|\.{0,2}\/\P{Cc}+)$/u, { error })
    .describe(about);
}

/** `./plugins/archive/index.ts` is called `archive`, `./mine.ts` is `mine`, `clamav` is `clamav`. */
export function pluginNameOf(use: string): string {
  const stem = basename(use).replace(/\.[cm]?[jt]s$/, '');
  return stem === 'index' ? basename(dirname(use)) : stem;
}

function orList(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}
