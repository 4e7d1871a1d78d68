// Owns what `nft -j list ruleset` says of diversions (libnftables-json(5)). Pure.
import type { FoundDiversion, Hook, PortRange } from './found-diversion.ts';
import type { Family } from './rule-plan.ts';

type Json = unknown;

interface Chain {
  readonly key: string;
  readonly hook: Hook | undefined;
}

interface Rule {
  /** Of its chain. */
  readonly key: string;
  readonly table: string;
  readonly families: readonly Family[];
  readonly expressions: readonly Json[];
}

const everyPort: PortRange = { first: 0, last: 65_535 };

/** Throws a SyntaxError for what is no JSON. */
export function diversionsOfNftables(listing: string): FoundDiversion[] {
  const objects = list(member(JSON.parse(listing), 'nftables'));
  const chains = objects.flatMap((object) => chainOf(member(object, 'chain')));
  const rules = objects.flatMap((object) => ruleOf(member(object, 'rule')));
  const sets = new Map(
    objects.flatMap((object): [string, Json][] => {
      const set = member(object, 'set');
      return set === undefined
        ? []
        : [[`${tableOf(set)} ${member(set, 'name')}`, member(set, 'elem')]];
    }),
  );
  return chains.flatMap(({ key, hook }) =>
    hook === undefined
      ? []
      : reachedFrom(key, rules).flatMap((rule) => {
          const found = diversionOf(rule, sets);
          return found === undefined ? [] : [{ ...found, hook }];
        }),
  );
}

function chainOf(chain: Json): Chain[] {
  if (chain === undefined) return [];
  const hook = member(chain, 'hook');
  const isKnown = hook === 'prerouting' || hook === 'output';
  return [{ key: keyOf(chain, member(chain, 'name')), hook: isKnown ? hook : undefined }];
}

function ruleOf(rule: Json): Rule[] {
  if (rule === undefined) return [];
  return [
    {
      key: keyOf(rule, member(rule, 'chain')),
      table: tableOf(rule),
      families: familiesOfTable[String(member(rule, 'family'))] ?? [],
      expressions: list(member(rule, 'expr')),
    },
  ];
}

const familiesOfTable: Readonly<Record<string, readonly Family[]>> = {
  ip: ['ipv4'],
  ip6: ['ipv6'],
  inet: ['ipv4', 'ipv6'],
};

function tableOf(object: Json): string {
  return `${member(object, 'family')} ${member(object, 'table')}`;
}

function keyOf(object: Json, chain: Json): string {
  return `${tableOf(object)} ${chain}`;
}

/** Rules of a chain, and of those that it jumps to. */
function reachedFrom(start: string, rules: readonly Rule[]): Rule[] {
  const chains = new Set([start]);
  // A set goes on to its members that are added meanwhile.
  for (const key of chains) {
    for (const rule of rules) {
      if (rule.key !== key) continue;
      for (const expression of rule.expressions) {
        const jump = member(expression, 'jump') ?? member(expression, 'goto');
        if (jump !== undefined) chains.add(`${rule.table} ${member(jump, 'target')}`);
      }
    }
  }
  return rules.filter(({ key }) => chains.has(key));
}

function diversionOf(
  { table, families: ofTable, expressions }: Rule,
  sets: ReadonlyMap<string, Json>,
): Omit<FoundDiversion, 'hook'> | undefined {
  let families = ofTable;
  let ports: readonly PortRange[] = [everyPort];
  for (const expression of expressions) {
    const match = member(expression, 'match');
    const narrowed = familyOf(match);
    if (narrowed !== undefined) families = families.filter((family) => family === narrowed);
    if (isOnDestinationPort(match)) ports = portsOf(member(match, 'right'), table, sets);
    for (const [verdict, mode] of verdicts) {
      const target = member(expression, verdict);
      const toPort = member(target, 'port');
      if (typeof toPort === 'number') return { mode, families, ports, toPort };
    }
  }
  return undefined;
}

const verdicts = [
  ['tproxy', 'tproxy'],
  ['redirect', 'redirect'],
  ['dnat', 'redirect'],
] as const;

function familyOf(match: Json): Family | undefined {
  const left = member(match, 'left');
  const protocol =
    member(member(left, 'meta'), 'key') === 'nfproto'
      ? member(match, 'right')
      : member(member(left, 'payload'), 'protocol');
  if (protocol === 'ip' || protocol === 'ipv4') return 'ipv4';
  return protocol === 'ip6' || protocol === 'ipv6' ? 'ipv6' : undefined;
}

function isOnDestinationPort(match: Json): boolean {
  const payload = member(member(match, 'left'), 'payload');
  return member(payload, 'field') === 'dport' && member(match, 'op') === '==';
}

/** A number, a range, a set of them, or `@name`. */
function portsOf(value: Json, table: string, sets: ReadonlyMap<string, Json>): PortRange[] {
  if (typeof value === 'number') return [{ first: value, last: value }];
  if (typeof value === 'string' && value.startsWith('@')) {
    return portsOf(sets.get(`${table} ${value.slice(1)}`), table, sets);
  }
  if (Array.isArray(value)) return value.flatMap((each) => portsOf(each, table, sets));
  const [first, last] = list(member(value, 'range'));
  if (typeof first === 'number' && typeof last === 'number') return [{ first, last }];
  // With a time limit or a comment.
  const inner = member(value, 'set') ?? member(member(value, 'elem'), 'val');
  return inner === undefined ? [] : portsOf(inner, table, sets);
}

function member(value: Json, key: string): Json {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}

function list(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
