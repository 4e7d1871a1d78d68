// Owns what a value becomes before it is logged: secrets vanish, text from outside cannot forge lines
// or move a terminal's cursor, and size is bounded. It never decides whether something is logged.
import { AppError, explain } from '../base/errors.ts';
import type { LogFields } from '../base/log.ts';
import { Secret } from '../base/secret.ts';
import { isSecretName } from '../base/secret-name.ts';

export interface RedactOptions {
  /** Stacks help the developer at debug level, and only there. */
  readonly stacks: 'shown' | 'hidden';
}

const hidden = '[secret]';
const noKeys: ReadonlySet<string> = new Set();
const maxDepth = 6;
const maxMembers = 100;
const maxTextLength = 4096;

// The logger writes these itself; a field of that name would appear twice in the line.
const ownKeys: ReadonlySet<string> = new Set(['level', 'time', 'msg']);

export function redactFields(fields: LogFields, options: RedactOptions): Record<string, unknown> {
  return redactMembers(fields, options, 0, ownKeys);
}

const beyondAscii = /[^ -~]/;

/** Control, format and separator characters become `\n`, `\x1b`, `\u202e`; long text is cut. */
export function escapeText(text: string): string {
  const short = text.length > maxTextLength ? `${text.slice(0, maxTextLength)}...` : text;
  if (!beyondAscii.test(short)) return short;
  return short.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, escapeCharacter);
}

function redactValue(value: unknown, options: RedactOptions, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return escapeText(value);
    case 'bigint':
      return value.toString();
    case 'function':
    case 'symbol':
      return `[${typeof value}]`;
    case 'object':
      return value === null ? null : redactObject(value, options, depth);
    default:
      return value;
  }
}

function redactObject(value: object, options: RedactOptions, depth: number): unknown {
  if (value instanceof Secret) return hidden;
  if (value instanceof Error) return describeError(value, options, depth);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    return `[${value.byteLength} octets]`;
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  // A cycle ends here as well.
  if (depth >= maxDepth) return '[deeper]';
  if (Array.isArray(value)) {
    const items = value.slice(0, maxMembers).map((item) => redactValue(item, options, depth + 1));
    return value.length > maxMembers ? [...items, `[${value.length - maxMembers} more]`] : items;
  }
  return redactMembers(value, options, depth + 1);
}

/** A name that is `reserved` gets a `_` at its end. */
function redactMembers(
  value: object,
  options: RedactOptions,
  depth: number,
  reserved: ReadonlySet<string> = noKeys,
): Record<string, unknown> {
  const clean: Record<string, unknown> = {};
  let members = 0;
  for (const [key, member] of Object.entries(value)) {
    if (members === maxMembers) break;
    members += 1;
    const name = escapeText(key);
    clean[reserved.has(name) || name === '__proto__' ? `${name}_` : name] = isSecretName(key)
      ? hideMember(member)
      : redactValue(member, options, depth);
  }
  return clean;
}

/** That a secret is absent is no secret. */
function hideMember(member: unknown): unknown {
  return member === undefined || member === null ? member : hidden;
}

interface ErrorDescription {
  readonly text: string;
  readonly code?: string;
  readonly fault?: string;
  readonly details?: unknown;
  readonly stack?: readonly string[];
}

function describeError(error: Error, options: RedactOptions, depth: number): ErrorDescription {
  const code = 'code' in error ? error.code : undefined;
  const stack = options.stacks === 'shown' ? error.stack : undefined;
  return {
    text: escapeText(explain(error)),
    ...(typeof code === 'string' ? { code: escapeText(code) } : {}),
    ...(error instanceof AppError ? { fault: error.fault } : {}),
    ...(error instanceof AppError && depth < maxDepth
      ? { details: redactMembers(error.details, options, depth + 1) }
      : {}),
    ...(stack === undefined
      ? {}
      : { stack: stack.split('\n').map((line) => escapeText(line.trim())) }),
  };
}

const shortForms: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeCharacter(character: string): string {
  const short = shortForms[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code > 0xffff) return `\\u{${hex}}`;
  return code > 0xff ? `\\u${hex.padStart(4, '0')}` : `\\x${hex.padStart(2, '0')}`;
}
