// Owns the findings about boundaries: which other ones a reader could go by in this message.
import { findParameter } from '../text.ts';
import type { Mark } from './line-search.ts';
import type { Outline, OutlinedPart } from './outline.ts';
import { type Finding, madeBoundary, type Reading, writeHeader } from './reading.ts';

export type DashMark = Extract<Mark, { readonly kind: 'dashes' }>;

// Guesses where a multipart does not name its boundary.
const maxGuesses = 4;
const maxReadings = 8;

export function boundaryFindings(outline: Outline, marks: readonly Mark[]): Finding[] {
  const concerned = outline.parts.filter((part) => mentionsBoundary(part));
  if (concerned.length === 0) return [];
  const dashes = marks.filter((mark) => mark.kind === 'dashes');
  let known: KnownBoundaries | undefined;
  return concerned.flatMap((part) => {
    const inside = dashes.filter(({ start }) => start >= part.part.start && start < part.end);
    if (inside.length === 0 || isDividedPlainly(part, inside)) return [];
    known ??= Map.groupBy(outline.parts, (each) => standardBoundary(each));
    return findingsIn(part, inside, known);
  });
}

/** All that can be found in one part. */
export function findingsIn(
  part: OutlinedPart,
  dashes: readonly DashMark[],
  known: KnownBoundaries,
): Finding[] {
  return [
    ...otherBoundaries(part, dashes),
    ...junkBehindBoundary(part, dashes, known),
    ...guessedBoundaries(part, dashes),
    ...emptyBoundary(part, dashes),
    ...endsAndOpensAgain(part, dashes),
    ...unclosed(part, dashes),
  ];
}

/**
 * As nearly all mail is: a plain boundary, no other line that begins so, and its last line ends the
 * multipart. True implies that nothing can be found.
 */
export function isDividedPlainly(part: OutlinedPart, dashes: readonly DashMark[]): boolean {
  const { plain, starts } = part.boundaries;
  // A type that nobody takes for the boundary may still be read by one of the rules.
  if (plain === undefined || plain !== standardBoundary(part) || part.part.types.length > 1) {
    return false;
  }
  const closing = `${plain}--`;
  let isClosed = false;
  for (const { text } of dashes) {
    if (text === closing) isClosed = true;
    else if ((text !== plain || isClosed) && starts.some((start) => text.startsWith(start))) {
      return false;
    }
  }
  return isClosed;
}

function mentionsBoundary({ part }: OutlinedPart): boolean {
  return (
    part.contentType.startsWith('multipart/') ||
    part.types.some(({ text }) => /boundary|multipart/i.test(text))
  );
}

/** The boundary that the walk goes by. */
export function standardBoundary({ part }: OutlinedPart): string | undefined {
  return part.boundary?.toString('latin1');
}

/** How a line stands to a boundary. */
function roleOf(mark: DashMark, boundary: string): 'opens' | 'closes' | 'longer' | undefined {
  if (!mark.text.startsWith(boundary)) return undefined;
  const rest = mark.text.slice(boundary.length);
  if (/^[ \t]*$/.test(rest)) return 'opens';
  return /^--[ \t]*$/.test(rest) ? 'closes' : 'longer';
}

export type KnownBoundaries = ReadonlyMap<string | undefined, readonly OutlinedPart[]>;

/** Whether the line divides a multipart that it stands in. */
function isBoundaryLine({ text, start }: DashMark, known: KnownBoundaries): boolean {
  const line = text.trimEnd();
  const divided = [line, line.replace(/--$/, '')].flatMap((boundary) => known.get(boundary) ?? []);
  return divided.some(({ part, end }) => part.start <= start && start < end);
}

function otherBoundaries(part: OutlinedPart, dashes: readonly DashMark[]): Finding[] {
  const lines = new Set(dashes.map(({ text }) => text.trimEnd()));
  const standard = standardBoundary(part);
  const seen = new Set([standard?.trimEnd()]);
  const findings: Finding[] = [];
  for (const { boundary, origin } of part.boundaries.in(lines)) {
    const line = boundary.trimEnd();
    if (seen.has(line)) continue;
    seen.add(line);
    if (findings.length >= maxReadings) {
      return [...findings, finding('too-many-readings', part, [])];
    }
    findings.push(finding(origin, part, [splitBy(part, boundary, 'blanks')]));
  }
  return findings;
}

/** Some readers compare only as many characters as the boundary has. */
function junkBehindBoundary(
  part: OutlinedPart,
  dashes: readonly DashMark[],
  known: KnownBoundaries,
): Finding[] {
  const standard = standardBoundary(part);
  if (standard === undefined) return [];
  const isJunk = dashes.some(
    (mark) => roleOf(mark, standard) === 'longer' && !isBoundaryLine(mark, known),
  );
  return isJunk ? [finding('boundary-junk', part, [splitBy(part, standard, 'anything')])] : [];
}

/** A multipart that names no boundary: a reader may go by the first line that looks like one. */
function guessedBoundaries(part: OutlinedPart, dashes: readonly DashMark[]): Finding[] {
  const isLost = part.part.contentType.startsWith('multipart/') && !part.part.isContainer;
  if (!isLost || part.boundaries.starts.length > 0) return [];
  const texts = dashes
    .filter(({ leadsToField, text }) => leadsToField && text.trimEnd() !== '')
    .map(({ text }) => text.trimEnd());
  const readings = [...new Set(texts)]
    .slice(0, maxGuesses)
    .map((boundary) => splitBy(part, boundary, 'blanks'));
  return readings.length === 0 ? [] : [finding('missing-boundary', part, readings)];
}

/** `boundary=""`: lines of two hyphens divide, if anything does. */
function emptyBoundary(part: OutlinedPart, dashes: readonly DashMark[]): Finding[] {
  const isEmpty = part.part.types.some(
    ({ parameters }) => findParameter(parameters, 'boundary')?.trim() === '',
  );
  const isDivided = dashes.some(({ text, leadsToField }) => text.trim() === '' && leadsToField);
  return isEmpty && isDivided
    ? [finding('empty-boundary', part, [splitBy(part, '', 'blanks')])]
    : [];
}

/** The standard walk still sees the parts behind the end; who stops there does not. */
function endsAndOpensAgain(part: OutlinedPart, dashes: readonly DashMark[]): Finding[] {
  const standard = standardBoundary(part);
  if (standard === undefined) return [];
  const own = dashes.map((mark) => ({ role: roleOf(mark, standard), mark }));
  const closing = own.find(({ role }) => role === 'closes')?.mark.start ?? Number.POSITIVE_INFINITY;
  const opensAgain = own.some(({ role, mark }) => role === 'opens' && mark.start > closing);
  return opensAgain ? [finding('parts-after-end', part, [])] : [];
}

/** Ended by a boundary of the multipart around it: a reader that waits for its own reads on. */
function unclosed(part: OutlinedPart, dashes: readonly DashMark[]): Finding[] {
  const standard = standardBoundary(part);
  const around = enclosingMultipart(part);
  if (standard === undefined || around === undefined || part.end >= around.end) return [];
  if (dashes.some((mark) => roleOf(mark, standard) === 'closes')) return [];
  const last = around.children.at(-1);
  const isLast = last !== undefined && last.part.start <= part.part.start;
  if (isLast) return [];
  const reading = { ...splitBy(part, standard, 'blanks'), end: around.end };
  return [finding('unclosed-multipart', part, [reading])];
}

function enclosingMultipart(part: OutlinedPart): OutlinedPart | undefined {
  let around = part.parent;
  while (around !== undefined && standardBoundary(around) === undefined) around = around.parent;
  return around;
}

/** The content of the part, divided by that boundary. */
function splitBy(
  { part, end }: OutlinedPart,
  boundary: string,
  behind: 'blanks' | 'anything',
): Reading {
  // Parts of a digest are messages by default.
  const subtype = part.contentType === 'multipart/digest' ? 'digest' : 'mixed';
  return { ...splitByBoundary(boundary, behind, subtype), start: part.contentStart, end };
}

/** Written under a boundary of ours: not every one can be written into a header. */
export function splitByBoundary(
  boundary: string,
  behind: 'blanks' | 'anything',
  subtype = 'mixed',
): Pick<Reading, 'header' | 'stages'> {
  return {
    header: writeHeader(`Content-Type: multipart/${subtype}; boundary="${madeBoundary}"`),
    stages: [{ kind: 'boundary', rule: { boundary, behind, writtenAs: madeBoundary } }],
  };
}

function finding(
  kind: Finding['kind'],
  { part }: OutlinedPart,
  readings: readonly Reading[],
): Finding {
  return { kind, path: part.path, depth: part.depth, readings };
}
