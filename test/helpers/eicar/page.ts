// Owns how the results of the runs read: a table for each topic, and the counts over all of them.

import { eicarSignature } from '../clamd.ts';
import type { Variant } from '../eicar-variants.ts';
import { markdownTable } from '../markdown-table.ts';
import type { FilterResult, Outcome } from './filter-run.ts';

export interface FilterRuns {
  readonly infected: readonly FilterResult[];
  readonly harmless: readonly FilterResult[];
  readonly lookAlikes: readonly FilterResult[];
}

export function renderSummary({ infected }: FilterRuns): string {
  const found = infected.filter(({ clamdAlone }) => clamdAlone !== undefined).length;
  const count = (kind: Outcome['kind']): number =>
    infected.filter(({ outcome }) => outcome.kind === kind).length;
  return `Of ${infected.length} messages clamd alone finds ${found}. Postern replaces ${count('replaced')} and delivers ${count('delivered')}.`;
}

export function renderTables({ infected, harmless, lookAlikes }: FilterRuns): string {
  const twins = new Map(harmless.map((result) => [result.variant.name, result]));
  const topics = Map.groupBy(infected, ({ variant }) => variant.topic);
  const sections = [...topics].map(([topic, results]) => {
    const rows = results.map((result) => [
      nameOf(result.variant),
      result.clamdAlone === undefined ? 'misses it' : 'finds it',
      describeOutcome(result.outcome),
      describeTwin(twins.get(result.variant.name)),
    ]);
    const head = ['Wrapping', 'clamd alone', 'Postern', 'Harmless content'];
    return `### ${topic}\n\n${markdownTable(head, rows)}`;
  });
  const rows = lookAlikes.map(({ variant, outcome }) => [
    nameOf(variant),
    describeOutcome(outcome),
  ]);
  const last = `### Harmless mail that looks odd\n\n${markdownTable(['Message', 'Postern'], rows)}`;
  return [...sections, last].join('\n\n');
}

/** As it stands in a table. */
export function nameOf({ name }: Variant): string {
  return /[*_<>"=\\]/.test(name) ? `\`${name}\`` : name;
}

/** Who stopped it, and for what where that is not the virus. */
export function describeOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'delivered':
      return 'delivered';
    case 'failed':
      return `**fails**: ${outcome.detail}`;
    case 'replaced':
      return `replaced: ${outcome.findings
        .split(', ')
        .map((finding) => finding.replace(`=${eicarSignature}`, '').replace('=', ' '))
        .join(', ')}`;
  }
}

function describeTwin(result: FilterResult | undefined): string {
  return result === undefined ? '' : describeOutcome(result.outcome);
}
