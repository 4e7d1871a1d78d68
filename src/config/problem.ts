// Owns what is told about a wrong configuration: one line for each problem, never a stack.
import { AppError } from '../base/errors.ts';

/** Keys and indexes from the top of the configuration to the place meant. */
export type ConfigPath = readonly (string | number)[];

export interface ConfigProblem {
  /** As the user named it. */
  readonly file: string;
  /** From 1; undefined when the file as a whole is meant. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** `listeners[0].port`; empty when the file as a whole is meant. */
  readonly path: string;
  readonly message: string;
}

export class ConfigError extends AppError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[], cause?: unknown) {
    super('CONFIG_INVALID', {
      fault: 'config',
      publicText: problems.map(formatProblem).join('; '),
      details: { problems },
      cause,
    });
    this.problems = problems;
  }
}

/** `postern.yaml:12:5: listeners[0].port: expected ...` */
export function formatProblem({ file, line, column, path, message }: ConfigProblem): string {
  const place = line === undefined ? file : `${file}:${line}:${column}`;
  const parts = path === '' ? [place, message] : [place, path, message];
  return escapeControls(parts.join(': '));
}

/** `['plugins', 0, 'options', 'odd key']` is `plugins[0].options["odd key"]`. */
export function formatPath(path: ConfigPath): string {
  const steps = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    return /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  });
  return steps.join('').replace(/^\./, '');
}

/** A value as it may stand in a problem: short, on one line. */
export function showValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
}

/** File and key names come from outside, and a terminal obeys what it is sent. */
function escapeControls(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16);
    return `\\u${hex.padStart(4, '0')}`;
  });
}
