// Owns the command line of the bench of spam filters: what is measured, and where the figures go.
// Run: npm run bench:spam -- [--quick] [--protocol a,b] [--only a,b] [--json FILE] [--scores FILE]
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { openCollection } from './collection.ts';
import { measureEvasions } from './evasion-table.ts';
import type { SpamFilter } from './filters/filter.ts';
import type { Mail } from './mail.ts';
import { measure } from './measure.ts';
import { evasionPart, parseSpamOptions, spamHelpText } from './options.ts';
import type { EvasionReport, ProtocolFigures, SpamReport } from './report.ts';
import { allProtocols, type Protocol } from './schedule.ts';
import { renderEvasionsText, renderProtocolText } from './table.ts';

const options = parseSpamOptions(process.argv.slice(2));
if (options.kind === 'help') {
  console.log(spamHelpText());
  process.exit(0);
}
const [loadBefore = 0] = loadavg();
const takenAt = new Date().toISOString();
const say = (text: string): void => console.error(text);
const { name: collection, mails: all } = await openCollection(say);
const mails = options.size === 'full' ? all : all.filter((_, at) => at % 5 === 0);
const filters = options.filters.filter((filter) => isThere(filter));
const scoreLines: string[] = [];
const protocols: ProtocolFigures[] = [];
let evasions: EvasionReport | undefined;
for (const protocol of allProtocols.filter(({ name }) => options.parts.includes(name))) {
  const figures = await measureProtocol(protocol);
  if (figures === undefined) continue;
  protocols.push(figures);
  console.log(renderProtocolText(figures));
}
if (options.parts.includes(evasionPart)) {
  evasions = await measureEvasions(filters, mails);
  console.log(renderEvasionsText(evasions));
}
if (options.scoresFile !== undefined) {
  writeFileSync(options.scoresFile, `${scoreLines.join('\n')}\n`);
}
if (options.jsonFile !== undefined) {
  writeFileSync(options.jsonFile, `${JSON.stringify(await report(), undefined, 2)}\n`);
}

function isThere(filter: SpamFilter): boolean {
  const missing = filter.missing();
  if (missing !== undefined) say(`${missing}: measured without it`);
  return missing === undefined;
}

async function measureProtocol(protocol: Protocol): Promise<ProtocolFigures | undefined> {
  const courses = protocol.courses(mails);
  const judged = courses.flatMap(({ steps }) =>
    steps.filter(({ kind }) => kind === 'classify').map(({ at }) => mails[at]),
  );
  const count = (label: Mail['label']): number =>
    judged.filter((mail) => mail?.label === label).length;
  const [ham, spam] = [count('ham'), count('spam')];
  if (ham === 0 || spam === 0) {
    say(`${protocol.name}: needs ham and spam, there are ${ham} and ${spam}`);
    return undefined;
  }
  const rows = [];
  for (const filter of filters) {
    const { scores, ...figures } = await measure(filter, protocol, mails);
    say(`${protocol.name}, ${filter.name}: ${Math.round(figures.seconds)} s`);
    rows.push(figures);
    for (const { at, score } of scores) {
      const mail = mails[at];
      scoreLines.push([filter.name, protocol.name, mail?.path, mail?.label, score].join('\t'));
    }
  }
  return { protocol: protocol.name, title: protocol.title, ham, spam, filters: rows };
}

async function report(): Promise<SpamReport> {
  const all = cpus();
  const versions = [];
  for (const { name, setup, version } of filters) {
    versions.push({ name, setup, version: await version() });
  }
  return {
    format: 1,
    takenAt,
    size: options.kind === 'run' ? options.size : 'quick',
    collection,
    messages: mails.length,
    loadBefore,
    machine: { processor: all[0]?.model ?? 'unknown', cores: all.length, node: process.version },
    filters: versions,
    protocols,
    ...(evasions === undefined ? {} : { evasions }),
  };
}
