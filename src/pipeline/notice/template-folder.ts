// Owns reading the templates of a user from their folder. What is in them is checked by template.ts.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explain } from '../../base/errors.ts';
import { ConfigError, type ConfigProblem } from '../../config/problem.ts';
import { parseTemplate, type Template, type TemplateFormat } from './template.ts';

export interface LanguageTemplates {
  /** `notice.<language>.txt`. */
  readonly text: Template;
  /** `notice.<language>.html`; made of the text when there is none. */
  readonly html: Template | undefined;
  /** `subject.<language>.txt`, one line. */
  readonly subject: Template | undefined;
  /** `stripped.<language>.txt`, for what takes the place of a part. */
  readonly stripped: Template | undefined;
}

/** By language tag in lower case. */
export type NoticeTemplates = ReadonlyMap<string, LanguageTemplates>;

const maxTemplateBytes = 256 * 1024;
const templateName =
  /^(?<role>notice|subject|stripped)\.(?<tag>[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*)\.(?<end>txt|html)$/;

interface TemplateFile {
  readonly path: string;
  readonly role: 'text' | 'html' | 'subject' | 'stripped';
  readonly tag: string;
}

/** Throws ConfigError that names file, line and placeholder of everything that is wrong. */
export async function loadNoticeTemplates(folder: string): Promise<NoticeTemplates> {
  const problems: ConfigProblem[] = [];
  const files = await findTemplates(folder, problems);
  const byTag = new Map<string, Partial<Record<TemplateFile['role'], Template>>>();
  for (const file of files) {
    const template = await loadTemplate(file, problems);
    byTag.set(file.tag, { ...byTag.get(file.tag), [file.role]: template });
  }
  const templates = new Map<string, LanguageTemplates>();
  for (const [tag, { text, html, subject, stripped }] of byTag) {
    const path = join(folder, `notice.${tag}.txt`);
    if (text === undefined) problems.push(problem(path, 'this file is missing'));
    else templates.set(tag, { text, html, subject, stripped });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return templates;
}

/** Other files may lie there, too, unless they look like templates. */
async function findTemplates(folder: string, problems: ConfigProblem[]): Promise<TemplateFile[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    throw new ConfigError([problem(folder, `cannot be read: ${explain(cause)}`)], cause);
  }
  const files: TemplateFile[] = [];
  for (const name of names.toSorted()) {
    if (!/^(?:notice|subject|stripped)\./i.test(name)) continue;
    const { role, tag, end } = templateName.exec(name)?.groups ?? {};
    const path = join(folder, name);
    if (role === 'notice' && tag !== undefined) {
      files.push({ path, role: end === 'html' ? 'html' : 'text', tag: tag.toLowerCase() });
    } else if ((role === 'subject' || role === 'stripped') && end === 'txt' && tag !== undefined) {
      files.push({ path, role, tag: tag.toLowerCase() });
    } else {
      const names = 'notice.<language>.txt, notice.<language>.html, subject.<language>.txt';
      problems.push(problem(path, `expected a name such as ${names}`));
    }
  }
  if (files.length === 0) problems.push(problem(folder, 'there is no notice.<language>.txt'));
  return files;
}

async function loadTemplate(
  { path, role }: TemplateFile,
  problems: ConfigProblem[],
): Promise<Template> {
  const format: TemplateFormat = role === 'html' ? 'html' : 'text';
  const source = await readSource(path, problems);
  const { template, problems: slips } = parseTemplate(
    role === 'subject' ? source.trimEnd() : source,
    format,
  );
  for (const { line, column, written, message } of slips) {
    problems.push({ file: path, line, column, path: written, message });
  }
  if (role === 'subject' && source.trimEnd().includes('\n')) {
    problems.push({ ...problem(path, 'expected one line'), line: 2, column: 1 });
  }
  return template;
}

/** With LF line ends. */
async function readSource(path: string, problems: ConfigProblem[]): Promise<string> {
  try {
    const octets = await readFile(path);
    if (octets.length > maxTemplateBytes) throw new Error('it is larger than 256 KB');
    const text = new TextDecoder('utf-8', { fatal: true }).decode(octets);
    return text.replaceAll(/\r\n?/g, '\n');
  } catch (cause) {
    problems.push(problem(path, `cannot be read as UTF-8 text: ${explain(cause)}`));
    return '';
  }
}

function problem(file: string, message: string): ConfigProblem {
  return { file, line: undefined, column: undefined, path: '', message };
}
