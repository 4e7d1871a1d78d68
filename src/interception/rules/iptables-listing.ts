// Owns what iptables-save or ip6tables-save say of diversions. Pure.
import type { FoundDiversion, Hook, PortRange } from './found-diversion.ts';
import type { Family } from './rule-plan.ts';

const hooks: Readonly<Record<string, Hook>> = { PREROUTING: 'prerouting', OUTPUT: 'output' };

interface Rule {
  readonly table: string;
  readonly chain: string;
  /** Each option with its values. */
  readonly options: ReadonlyMap<string, readonly string[]>;
}

export function diversionsOfIptables(listing: string, family: Family): FoundDiversion[] {
  const rules = [...rulesOf(listing)];
  return Object.entries(hooks).flatMap(([chain, hook]) =>
    ['mangle', 'nat'].flatMap((table) =>
      reachedFrom(chain, rules, table).flatMap((rule) => {
        const found = diversionOf(rule);
        return found === undefined ? [] : [{ ...found, hook, families: [family] }];
      }),
    ),
  );
}

function* rulesOf(listing: string): Iterable<Rule> {
  let table = '';
  for (const line of listing.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    if (!line.startsWith('-A ')) continue;
    const [, chain = '', ...words] = line.match(/"(?:\\.|[^"])*"|\S+/g) ?? [];
    yield { table, chain, options: optionsOf(words) };
  }
}

function optionsOf(words: readonly string[]): Map<string, string[]> {
  const options = new Map<string, string[]>();
  let values: string[] = [];
  for (const word of words) {
    if (/^--?[a-z]/.test(word)) {
      values = [];
      options.set(word, values);
    } else {
      values.push(word);
    }
  }
  return options;
}

/** Rules of a chain, and of those that it jumps to. */
function reachedFrom(start: string, rules: readonly Rule[], table: string): Rule[] {
  const chains = new Set([start]);
  // A set goes on to its members that are added meanwhile.
  for (const chain of chains) {
    for (const rule of rules) {
      if (rule.table !== table || rule.chain !== chain) continue;
      const target = rule.options.get('-j')?.[0] ?? rule.options.get('-g')?.[0];
      if (target !== undefined) chains.add(target);
    }
  }
  return rules.filter((rule) => rule.table === table && chains.has(rule.chain));
}

function diversionOf({
  options,
}: Rule): Pick<FoundDiversion, 'mode' | 'ports' | 'toPort'> | undefined {
  const ports = portsOf(options.get('--dport') ?? options.get('--dports'));
  switch (options.get('-j')?.[0]) {
    case 'TPROXY':
      return { mode: 'tproxy', ports, toPort: Number(options.get('--on-port')?.[0]) };
    case 'REDIRECT':
      return { mode: 'redirect', ports, toPort: Number(options.get('--to-ports')?.[0]) };
    case 'DNAT': {
      const port = /:(\d+)$/.exec(options.get('--to-destination')?.[0] ?? '')?.[1];
      return { mode: 'redirect', ports, toPort: Number(port) };
    }
    default:
      return undefined;
  }
}

/** `110`, `110:120`, `110,995`; without any, all. */
function portsOf(values: readonly string[] | undefined): PortRange[] {
  if (values?.[0] === undefined) return [{ first: 0, last: 65_535 }];
  return values[0].split(',').map((text) => {
    const [first = '', last = first] = text.split(':');
    return { first: Number(first), last: Number(last) };
  });
}
