// Owns the options of the bench of spam filters and what they mean.
import { parseArgs } from 'node:util';
import { pick } from '../harness/options.ts';
import { allFilters } from './filters/all-filters.ts';
import type { SpamFilter } from './filters/filter.ts';
import { allProtocols } from './schedule.ts';

export const evasionPart = 'evasions';
const partNames = [...allProtocols.map(({ name }) => name), evasionPart];

export type SpamOptions =
  | { readonly kind: 'help' }
  | {
      readonly kind: 'run';
      readonly size: 'quick' | 'full';
      /** Names of protocols, and the table of evasions. */
      readonly parts: readonly string[];
      readonly filters: readonly SpamFilter[];
      readonly jsonFile: string | undefined;
      readonly scoresFile: string | undefined;
    };

export function parseSpamOptions(args: readonly string[]): SpamOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      protocol: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'string' },
      scores: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { kind: 'help' };
  const parts = partNames.map((name) => ({ name }));
  return {
    kind: 'run',
    size: values.quick ? 'quick' : 'full',
    parts: (values.protocol === undefined
      ? parts
      : pick('protocol', parts, values.protocol.split(','))
    ).map(({ name }) => name),
    filters:
      values.only === undefined ? allFilters : pick('filter', allFilters, values.only.split(',')),
    jsonFile: values.json,
    scoresFile: values.scores,
  };
}

export function spamHelpText(): string {
  return [
    'npm run bench:spam -- [options]',
    '',
    '  --quick           every fifth message, for a first look: the figures are noisy',
    `  --protocol a,b    of ${partNames.join(', ')}`,
    `  --only a,b        of ${allFilters.map(({ name }) => name).join(', ')}`,
    '  --json FILE       writes the figures',
    '  --scores FILE     writes the score of every message: filter, protocol, path, label, score',
  ].join('\n');
}
