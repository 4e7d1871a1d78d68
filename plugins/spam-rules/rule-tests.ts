// Owns the tests of rules: which messages a rule hits and which it does not, as a file says.
import type { RuleTest } from './own/rule-schema.ts';

export interface TestRunner {
  readMessage(path: string): Promise<Buffer>;
  /** Evidence by the names of the rules that hit. */
  hits(message: Buffer): Promise<ReadonlyMap<string, string>>;
}

export interface TestReport {
  readonly passed: number;
  /** One line each. */
  readonly failures: readonly string[];
}

export async function runTests(
  tests: readonly RuleTest[],
  runner: TestRunner,
): Promise<TestReport> {
  let passed = 0;
  const failures: string[] = [];
  for (const { rule, hits, misses } of tests) {
    const cases = [
      ...hits.map((source) => ({ source, isHit: true })),
      ...misses.map((source) => ({ source, isHit: false })),
    ];
    for (const { source, isHit } of cases) {
      const message = isInline(source) ? toMessage(source) : await runner.readMessage(source);
      const evidence = (await runner.hits(message)).get(rule);
      if ((evidence !== undefined) === isHit) {
        passed += 1;
        continue;
      }
      const found = evidence === undefined ? 'does not hit' : `hits (${evidence})`;
      failures.push(`${rule} ${found} ${shown(source)}`);
    }
  }
  return { passed, failures };
}

/** A path has no line end, and a message has one. */
function isInline(source: string): boolean {
  return source.includes('\n');
}

/** A message of a header alone ends it all the same. */
function toMessage(text: string): Buffer {
  return Buffer.from(`${text.replaceAll(/\r?\n/g, '\r\n')}\r\n`);
}

const longestShown = 60;

function shown(source: string): string {
  return isInline(source) ? JSON.stringify(source.slice(0, longestShown)) : source;
}
