// Owns finding and reading the files of rules that the options name. It compiles nothing.
import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import type { RuleSource } from './scanning.ts';

// Beyond it somebody has named a folder by mistake.
const maxFiles = 10_000;
const maxBytes = 64 * 1024 * 1024;
const patternCharacters = /[*?[{]/;

/** In the order of the options, those of one pattern by name. Rejects when there are none. */
export async function readRules(
  rules: readonly string[],
  resolvePath: (path: string) => string,
): Promise<RuleSource[]> {
  const sources = new Map<string, RuleSource>();
  let octets = 0;
  for (const named of rules) {
    const files = await filesOf(named, resolvePath);
    if (files.length === 0) throw new Error(`no file of rules fits ${named}`);
    for (const file of files) {
      // Named twice, it would be two rules of each name.
      if (sources.has(file)) continue;
      const text = await readFile(file, 'utf8');
      octets += text.length;
      if (octets > maxBytes || sources.size >= maxFiles) {
        throw new Error(`more than ${maxFiles} files of rules, or more than ${maxBytes} octets`);
      }
      sources.set(file, { file, text });
    }
  }
  return [...sources.values()];
}

async function filesOf(named: string, resolvePath: (path: string) => string): Promise<string[]> {
  const path = resolvePath(named);
  if (!patternCharacters.test(named)) return [path];
  const found: string[] = [];
  for await (const entry of glob(path, { withFileTypes: true })) {
    if (entry.isFile() || entry.isSymbolicLink()) found.push(`${entry.parentPath}/${entry.name}`);
    if (found.length > maxFiles) break;
  }
  return found.toSorted();
}

/** The same for the same rules. */
export function digestOf(sources: readonly RuleSource[]): string {
  const hash = createHash('sha256');
  for (const { file, text } of sources) hash.update(`${file}\0${text.length}\0${text}`);
  return hash.digest('hex').slice(0, 32);
}
