// Owns the options of the bench and what they mean.
import { parseArgs } from 'node:util';
import { allPeers } from '../peers/all-peers.ts';
import { allScenarios } from '../scenarios/all-scenarios.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { BenchOptions } from './bench.ts';

export type Options =
  | { readonly kind: 'help' }
  | {
      readonly kind: 'run';
      readonly scenarios: readonly Scenario[];
      readonly bench: BenchOptions;
      readonly jsonFile: string | undefined;
      readonly compareFile: string | undefined;
    };

export function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      peers: { type: 'string' },
      rounds: { type: 'string' },
      upstream: { type: 'string', default: 'source' },
      json: { type: 'string' },
      compare: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { kind: 'help' };
  if (values.upstream !== 'source' && values.upstream !== 'dovecot') {
    throw new RangeError('--upstream is source or dovecot');
  }
  return {
    kind: 'run',
    scenarios:
      positionals.length === 0 ? allScenarios : pick('scenario', allScenarios, positionals),
    bench: {
      size: values.quick ? 'quick' : 'full',
      peers:
        values.peers === undefined ? allPeers : pick('peer', allPeers, values.peers.split(',')),
      upstream: values.upstream,
      nodeFlags: [],
      ...(values.rounds === undefined ? {} : { rounds: readCount(values.rounds) }),
    },
    jsonFile: values.json,
    compareFile: values.compare,
  };
}

export function helpText(): string {
  return [
    'npm run bench -- [scenario...] [options]',
    '',
    ...allScenarios.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`),
    '',
    '  --quick            small counts, for a first look: the figures are noisy',
    `  --peers a,b        of ${allPeers.map(({ name }) => name).join(', ')}`,
    '  --rounds N         in place of the usual number',
    '  --upstream KIND    source (default), or dovecot: a real server behind the peers',
    '  --json FILE        writes the figures',
    '  --compare FILE     holds them against those of an earlier run',
  ].join('\n');
}

/** Those with these names, in the usual order. */
export function pick<T extends { readonly name: string }>(
  kind: string,
  all: readonly T[],
  names: readonly string[],
): T[] {
  const known = all.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new RangeError(`no ${kind} ${unknown.join(', ')}; there are ${known.join(', ')}`);
  }
  return all.filter(({ name }) => names.includes(name));
}

function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new RangeError('--rounds is a number from 1 on');
  return count;
}
