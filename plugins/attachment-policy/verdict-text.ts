// Owns the words about a file: the sentence for the reader of a notice, and the evidence for the audit
// trail. Names of files are hostile text.
import type { FileFacts } from './facts.ts';
import type { RuleHit } from './rules/rule.ts';
import { type Trait, traitMeanings } from './trait.ts';

const maxShownLength = 80;
const mostShownHits = 5;

/** Their detail says what the file is: `a Windows program`. */
const kinds: ReadonlySet<Trait> = new Set<Trait>([
  'executable',
  'script',
  'shortcut',
  'disk-image',
  'installer',
]);

/** Their detail says why: `its entries overlap`. */
const reasons: ReadonlySet<Trait> = new Set<Trait>([
  'encrypted-archive',
  'unreadable-archive',
  'archive-ambiguous',
  'archive-bomb',
  'too-deep',
  'too-large',
  'hidden-structure',
  'type-mismatch',
]);

/** `The file "setup.exe" in the attachment "a.zip" is a Windows program.` */
export function explainHit({ rule, facts, trait }: RuleHit): string {
  if (rule.explanation !== undefined) return rule.explanation;
  const subject = subjectOf(facts);
  if (trait === undefined) return `${subject} is not allowed here.`;
  const detail = facts.traits.get(trait);
  const meaning = traitMeanings[trait];
  if (detail !== undefined && kinds.has(trait)) return `${subject} is ${detail}.`;
  return detail !== undefined && reasons.has(trait)
    ? `${subject} ${meaning}: ${shown(detail)}.`
    : `${subject} ${meaning}.`;
}

/** `macro: vbaProject.bin in report.docm in docs.zip; executable: a.txt (a Windows program)` */
export function evidenceOf(hits: readonly RuleHit[]): string {
  const texts = hits.slice(0, mostShownHits).map(evidenceOfHit);
  const more = hits.length - texts.length;
  return more > 0 ? `${texts.join('; ')}; and ${more} more` : texts.join('; ');
}

function evidenceOfHit({ rule, facts, trait }: RuleHit): string {
  const place = [facts.names[0] ?? '', ...facts.place.containers];
  const chain = place.map((name) => nameOrPlace(name, facts)).join(' in ');
  if (trait === undefined) return `${rule.name}: ${chain}`;
  const detail = facts.traits.get(trait);
  if (detail === undefined) return `${trait}: ${chain}`;
  return kinds.has(trait) || reasons.has(trait)
    ? `${trait}: ${chain} (${shown(detail)})`
    : `${trait}: ${shown(detail)} in ${chain}`;
}

function nameOrPlace(name: string, { place }: FileFacts): string {
  return name === '' ? `part ${place.path}` : shown(name);
}

function subjectOf({ names, place }: FileFacts): string {
  const [name = '', ...containers] = [names[0] ?? '', ...place.containers];
  const files = [name, ...containers].slice(0, -1).map((each) => `file ${quoted(each)}`);
  const last = containers.at(-1) ?? name;
  const outermost = last === '' ? 'part of the message' : `attachment ${quoted(last)}`;
  const [first, ...rest] = [...files, outermost];
  const article = files.length === 0 && last === '' ? 'A' : 'The';
  return [`${article} ${first}`, ...rest.map((each) => `the ${each}`)].join(' in ');
}

function quoted(name: string): string {
  return name === '' ? 'without a name' : `"${shown(name)}"`;
}

/** No line break, no control of direction, no great length. */
function shown(name: string): string {
  const text = name.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
  const characters = [...text];
  return characters.length > maxShownLength
    ? `${characters.slice(0, maxShownLength).join('')}...`
    : text;
}
