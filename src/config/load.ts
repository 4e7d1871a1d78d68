// Owns the way from a file to a checked configuration. What the values mean to the program is not
// decided here.
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { Secret } from '../base/secret.ts';
import { check, type Finding } from './findings.ts';
import { ConfigError, type ConfigPath, type ConfigProblem, formatPath } from './problem.ts';
import { readFailure, resolveReferences, type Surroundings } from './references.ts';
import { type Config, configSchema } from './schema.ts';
import { parseYaml, type YamlDocument, YamlSyntaxError } from './yaml-document.ts';

export interface LoadedConfig {
  /** Frozen through and through. */
  readonly config: Config;
  /** What the file said. */
  readonly text: string;
  /** Absolute; relative paths in the configuration start here. */
  readonly folder: string;
  /** As the user named it. */
  readonly file: string;
  /** A problem with the value at a path, with its line. */
  problemAt(path: ConfigPath, message: string): ConfigProblem;
  /** Checks the part at `path` against a schema; throws ConfigError with the line of every problem. */
  checkAt<T>(path: ConfigPath, schema: z.ZodType<T>, value: unknown): T;
}

type Environment = Surroundings['env'];

const maxFileBytes = 1024 * 1024;

/** Throws ConfigError with all problems that were found. */
export async function loadConfig(
  file: string,
  env: Environment = process.env,
): Promise<LoadedConfig> {
  return readConfig(await readText(file), file, env);
}

/** The same for text that is already there; relative paths start at the folder of `file`. */
export async function readConfig(
  text: string,
  file: string,
  env: Environment = process.env,
): Promise<LoadedConfig> {
  const document = parseText(text, file, 'at least listeners and routes');
  const folder = dirname(resolve(file));
  const problem = (finding: Finding): ConfigProblem => locate(finding, document, file);

  const checked = check(configSchema, document.value);
  if (checked.kind === 'invalid') throw new ConfigError(inOrder(checked.findings.map(problem)));

  const { config, findings } = await resolveReferences(checked.output, { folder, env });
  if (findings.length > 0) throw new ConfigError(inOrder(findings.map(problem)));

  return {
    config: deepFreeze(config),
    text,
    folder,
    file,
    problemAt: (path, message) => problem({ path, about: 'value', message }),
    checkAt(path, schema, value) {
      const result = check(schema, value);
      if (result.kind === 'valid') return result.output;
      const below = result.findings.map((found) => ({ ...found, path: [...path, ...found.path] }));
      throw new ConfigError(inOrder(below.map(problem)));
    },
  };
}

/**
 * Another file, such as one that a plugin is given, with the same care: `extra` may find more that is
 * wrong with what the schema takes.
 */
export async function loadYamlFile<T>(
  file: string,
  schema: z.ZodType<T>,
  extra: (output: T) => readonly Finding[] = () => [],
): Promise<T> {
  const document = parseText(await readText(file), file, 'a mapping');
  const checked = check(schema, document.value);
  const findings = checked.kind === 'valid' ? extra(checked.output) : checked.findings;
  if (checked.kind === 'valid' && findings.length === 0) return checked.output;
  throw new ConfigError(inOrder(findings.map((finding) => locate(finding, document, file))));
}

async function readText(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    const found = await stat(file);
    if (found.isDirectory()) throw wholeFile(file, 'expected a file, but this is a folder');
    if (!found.isFile()) throw wholeFile(file, 'expected a regular file');
    if (found.size > maxFileBytes) throw wholeFile(file, 'larger than 1 MB');
    bytes = await readFile(file);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw wholeFile(file, readFailure(error), error);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw wholeFile(file, 'not text in UTF-8', error);
  }
}

function parseText(text: string, file: string, expected: string): YamlDocument {
  if (text.split('\n').every((line) => /^\s*(?:#|$)/.test(line))) {
    throw wholeFile(file, `empty; expected ${expected}`);
  }
  try {
    return parseYaml(text);
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error;
    const { line, column } = error.position;
    throw new ConfigError([{ file, line, column, path: '', message: error.message }], error);
  }
}

function wholeFile(file: string, message: string, cause?: unknown): ConfigError {
  return new ConfigError([{ file, line: undefined, column: undefined, path: '', message }], cause);
}

function locate(finding: Finding, document: YamlDocument, file: string): ConfigProblem {
  const { path, message } = finding;
  const { line, column } =
    finding.about === 'key' ? document.positionOfKey(path) : document.positionOf(path);
  return { file, line, column, path: formatPath(path), message };
}

/** From top to bottom, as one corrects a file. */
function inOrder(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.toSorted(
    (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof Secret) return value;
  if (Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
  return value;
}
