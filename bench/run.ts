// Owns the command line of the bench: which scenarios and peers, and where the figures go.
// Run: npm run bench -- [scenario...] [--quick] [--peers a,b] [--json FILE] [--compare FILE]
import { readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { Bench } from './harness/bench.ts';
import { compareReports, renderChanges } from './harness/compare.ts';
import { describeMachine } from './harness/machine.ts';
import { helpText, parseOptions } from './harness/options.ts';
import { parseReport, type Report, type Table } from './harness/report.ts';
import { renderText } from './harness/table.ts';

const options = parseOptions(process.argv.slice(2));
if (options.kind === 'help') {
  console.log(helpText());
  process.exit(0);
}
// Before hours of measuring, not after them.
const before =
  options.compareFile === undefined
    ? undefined
    : parseReport(readFileSync(options.compareFile, 'utf8'));

const [loadBefore = 0] = loadavg();
const takenAt = new Date().toISOString();
const tables: Table[] = [];
await using bench = new Bench(options.bench);
for (const scenario of options.scenarios) {
  const startedMs = performance.now();
  for (const table of await scenario.run(bench)) {
    tables.push(table);
    console.log(renderText(table));
  }
  bench.say(`${scenario.name} took ${Math.round((performance.now() - startedMs) / 1000)} s`);
}

const report: Report = {
  format: 1,
  takenAt,
  size: options.bench.size,
  loadBefore,
  machine: await describeMachine(options.bench.peers),
  tables,
};
if (options.jsonFile !== undefined) {
  writeFileSync(options.jsonFile, `${JSON.stringify(report, undefined, 2)}\n`);
}
if (before !== undefined) console.log(renderChanges(compareReports(report, before)));
