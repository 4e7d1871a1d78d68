// The test virus in every wrapping, from Dovecot through the whole chain and past a real clamd: all of
// it is stopped and kept, and of harmless mail in the same wrappings only what is listed here.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import { eicarFile } from '../../docs/generate-eicar.ts';
import { type FilterResult, filterRunMissing, type Outcome } from '../helpers/eicar/filter-run.ts';
import {
  describeOutcome,
  type FilterRuns,
  renderSummary,
  renderTables,
} from '../helpers/eicar/page.ts';
import { runAll } from '../helpers/eicar/run-all.ts';
import { needs } from '../helpers/requirement.ts';

const runLimitMs = 280_000;
const leastWrappings = 60;
const missing = filterRunMissing();

/** Harmless, and stopped for the wrapping: by the finding. */
const stoppedAllTheSame: Readonly<Record<string, readonly string[]>> = {
  'mime-ambiguity=partial-message': [
    'the first of two pieces (message/partial)',
    'the last of two pieces (message/partial)',
  ],
  'mime-ambiguity=external-body': [
    'a file that lies elsewhere (message/external-body)',
    'announcement of an Internet draft',
  ],
  'mime-ambiguity=yenc-piece': ['one of two pieces in yEnc'],
  'mime-ambiguity=binhex': ['BinHex', 'BinHex as a part'],
  'mime-ambiguity=unknown-transfer-encoding': ['the encoding x-gzip64'],
  'attachment-policy=archive-ambiguous': [
    'zip with sizes for more than 4 GB (zip64)',
    'zip with two names for the file',
    'zip before an empty zip',
  ],
  'attachment-policy=archive-unreadable': [
    'zip with bzip2',
    'zip with junk before it',
    'zip with junk behind it',
    'zip behind a picture',
    'zip with the mark of a split archive',
    'zip behind an empty zip',
    'zip cut before its directory',
    'lzma',
    'compress',
    'ARJ',
  ],
  'attachment-policy=encrypted-archive': [
    'zip encrypted in the traditional way',
    'zip encrypted with AES',
    'zip in a zip, encrypted',
    '7z, encrypted',
    'RAR 4, encrypted',
  ],
  'attachment-policy=disk-image': ['ISO 9660 image'],
  'attachment-policy=installer': ['Debian package'],
  'attachment-policy=hidden-structure': ['Word document in one XML file'],
  'attachment-policy=onenote': ['OneNote notebook with a file'],
  'attachment-policy=html-smuggling': [
    'page that puts a document together',
    'page with the file in a link',
  ],
};

let runs: FilterRuns = { infected: [], harmless: [], lookAlikes: [] };

before(
  async () => {
    if (missing === undefined) runs = await runAll();
  },
  { timeout: runLimitMs },
);

test('the test virus is replaced by a notice in every wrapping, and kept', (t) => {
  if (!needs(t, missing)) return;
  const { infected } = runs;
  t.diagnostic(renderSummary(runs));
  for (const line of renderTables(runs).split('\n')) t.diagnostic(line);
  const others = infected.filter(({ outcome }) => outcome.kind !== 'replaced');
  assert.deepEqual(others.map(describeResult), []);
  assert.ok(infected.length >= leastWrappings);
});

test('clamd alone misses some of what every mail program shows', (t) => {
  if (!needs(t, missing)) return;
  const missed = runs.infected.filter(({ clamdAlone }) => clamdAlone === undefined);
  assert.ok(missed.length > 0 && missed.length < runs.infected.length);
});

test('clamd alone finds nothing in harmless mail', (t) => {
  if (!needs(t, missing)) return;
  const harmless = [...runs.harmless, ...runs.lookAlikes];
  assert.deepEqual(
    harmless.filter(({ clamdAlone }) => clamdAlone !== undefined).map(describeResult),
    [],
  );
});

test('harmless mail arrives octet for octet, but for wrappings that nobody can look into', (t) => {
  if (!needs(t, missing)) return;
  const stopped = [...runs.harmless, ...runs.lookAlikes].flatMap(({ variant, outcome }) =>
    outcome.kind === 'delivered' ? [] : [{ name: variant.name, why: whyOf(outcome) }],
  );
  const namesByReason = Object.entries(Object.groupBy(stopped, ({ why }) => why)).map(
    ([why, group = []]) => [why, group.map(({ name }) => name)] as const,
  );
  assert.deepEqual(Object.fromEntries(namesByReason), stoppedAllTheSame);
});

test('docs/eicar.md holds the tables of this run', async (t) => {
  if (!needs(t, missing)) return;
  const page = await readFile(eicarFile, 'utf8');
  assert.ok(page.includes(renderTables(runs)), 'run `npm run eicar`');
});

function whyOf(outcome: Exclude<Outcome, { kind: 'delivered' }>): string {
  return outcome.kind === 'replaced' ? outcome.findings : outcome.detail;
}

function describeResult({ variant, outcome }: FilterResult): string {
  return `${variant.name}: ${describeOutcome(outcome)}`;
}
