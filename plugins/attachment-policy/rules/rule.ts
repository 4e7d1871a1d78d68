// Owns what a rule is, and which rule a file falls under: the first one that fits. Pure.
import type { FileFacts, Inside } from '../facts.ts';
import { readingsOf } from '../names/file-name.ts';
import type { Trait } from '../trait.ts';
import type { Glob } from './glob.ts';

export type RuleVerdict = 'block' | 'flag' | 'pass';

export interface Rule {
  /** Stands in the verdict. */
  readonly name: string;
  /** A file has to fulfil all that is given here. */
  readonly match: RuleMatch;
  readonly verdict: RuleVerdict;
  /** For the reader of the notice, in place of the usual sentence. */
  readonly explanation?: string | undefined;
}

export interface RuleMatch {
  /** At least one of them. */
  readonly traits?: readonly Trait[] | undefined;
  /** At least one of its names, read as the laxest system would. */
  readonly names?: readonly Glob[] | undefined;
  /** The declared type. */
  readonly types?: readonly Glob[] | undefined;
  /** The type by content. */
  readonly detected?: readonly string[] | undefined;
  readonly inside?: Inside | 'any' | undefined;
  readonly minBytes?: number | undefined;
  readonly maxBytes?: number | undefined;
}

export interface RuleHit {
  readonly rule: Rule;
  readonly facts: FileFacts;
  /** The first of the rule that the file has. */
  readonly trait: Trait | undefined;
}

export function findRule(rules: readonly Rule[], facts: FileFacts): RuleHit | undefined {
  const rule = rules.find(({ match }) => fits(match, facts));
  if (rule === undefined) return undefined;
  return { rule, facts, trait: rule.match.traits?.find((trait) => facts.traits.has(trait)) };
}

function fits(match: RuleMatch, facts: FileFacts): boolean {
  if (match.traits !== undefined && !hasAny(facts, match.traits)) return false;
  const { names, types, detected, inside = 'any', minBytes, maxBytes } = match;
  const { octets } = facts;
  if (names !== undefined && !names.some((glob) => namesOf(facts).some(glob))) return false;
  if (types !== undefined && !types.some((glob) => glob(facts.declaredType ?? ''))) return false;
  if (detected !== undefined && !detected.includes(facts.detected ?? '')) return false;
  if (inside !== 'any' && inside !== facts.place.inside) return false;
  if (minBytes !== undefined && (octets === undefined || octets < minBytes)) return false;
  return maxBytes === undefined || (octets !== undefined && octets <= maxBytes);
}

function hasAny({ traits: found }: FileFacts, traits: readonly Trait[]): boolean {
  return found.size > 0 && traits.some((trait) => found.has(trait));
}

function namesOf({ names }: FileFacts): string[] {
  return names.flatMap((name) => [name, ...readingsOf(name)]);
}

/** Whether any rule asks for the size of files. */
export function asksForSizes(rules: readonly Rule[]): boolean {
  return rules.some(({ match }) => match.minBytes !== undefined || match.maxBytes !== undefined);
}
