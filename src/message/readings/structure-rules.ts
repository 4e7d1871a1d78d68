// Owns the findings about how a message is put together: content between parts, encoded containers,
// line ends, and text for readers that know no MIME.
import { splitByBoundary, standardBoundary } from './boundary-rules.ts';
import { contentEncodingOf, decodingStages } from './content-encoding.ts';
import { edges } from './edges.ts';
import { plainFiles } from './file-rules.ts';
import type { Mark } from './line-search.ts';
import type { Outline, OutlinedPart } from './outline.ts';
import { type Finding, type Reading, writeHeader } from './reading.ts';

// From each end: one mark may be there to distract from another.
const maxStartsOfPart = 3;
const empty: Buffer = Buffer.alloc(0);

export interface MessageFacts {
  readonly octets: number;
  /** A CR without LF stands where it may end a line that matters. */
  readonly hasBareCr: boolean;
  /** Of the first line of all. */
  readonly endsLinesWith: 'crlf' | 'lf';
}

export function structureFindings(
  outline: Outline,
  marks: readonly Mark[],
  facts: MessageFacts,
): Finding[] {
  const { root } = outline;
  if (root === undefined) return [];
  return [
    ...filesInMessage(outline, marks),
    ...lineEnds(root, marks, facts),
    ...withoutMime(outline, root, marks),
    ...outline.parts.flatMap((part) => [...encodedContainer(part), ...digestDefault(part)]),
  ];
}

/** Marks belong to the leaf in which they stand, or to the gap of a multipart. */
function filesInMessage(outline: Outline, marks: readonly Mark[]): Finding[] {
  const inLeaf = new Map<OutlinedPart, Mark[]>();
  const inGap = new Map<OutlinedPart, Map<number, Mark[]>>();
  for (const mark of marks) {
    if (mark.kind === 'dashes' && !mark.leadsToField) continue;
    const region = outline.regionAt(mark.start);
    if (region?.kind === 'leaf' && region.owner.probe?.encoding === 'identity') {
      if (isFile(mark)) entry(inLeaf, region.owner, () => []).push(mark);
    }
    if (region?.kind === 'gap') {
      if (mark.kind === 'dashes' && mark.text.trimEnd() === standardBoundary(region.owner))
        continue;
      const gaps = entry(inGap, region.owner, () => new Map<number, Mark[]>());
      entry(gaps, childrenBefore(region.owner, mark.start), () => []).push(mark);
    }
  }
  const inLeaves = [...inLeaf].flatMap(([leaf, found]) =>
    plainFiles(leaf, found).map(([kind, readings]) => finding(kind, leaf, readings)),
  );
  const inGaps = [...inGap].flatMap(([owner, gaps]) =>
    [...gaps].flatMap(([behind, found]) => gapFindings(owner, behind, found)),
  );
  return [...inLeaves, ...inGaps];
}

function isFile({ kind }: Mark): boolean {
  return kind !== 'dashes' && kind !== 'field';
}

function childrenBefore({ children }: OutlinedPart, position: number): number {
  const next = children.findIndex(({ part }) => part.start > position);
  return next === -1 ? children.length : next;
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

/** A preamble or an epilogue is shown by no reader of MIME, unless it takes something in it for a part. */
function gapFindings(owner: OutlinedPart, behind: number, marks: readonly Mark[]): Finding[] {
  const end = owner.children[behind]?.part.start ?? owner.end;
  const readings: Reading[] = [];
  const file = marks.find(isFile);
  if (file !== undefined) {
    const header = writeHeader('Content-Type: text/plain');
    readings.push({ start: file.start, end, header, stages: [] });
  }
  const fields = marks.filter((mark) => mark.kind === 'field');
  for (const { start } of edges(fields, maxStartsOfPart)) {
    readings.push({ start, end, header: empty, stages: [] });
  }
  const own = standardBoundary(owner);
  const strange = new Map<string, number>();
  for (const mark of marks) {
    if (mark.kind !== 'dashes' || !mark.leadsToField) continue;
    const boundary = mark.text.trimEnd();
    if (boundary !== own && !strange.has(boundary)) strange.set(boundary, mark.start);
  }
  for (const [boundary, start] of edges([...strange], maxStartsOfPart)) {
    readings.push({ ...splitByBoundary(boundary, 'blanks'), start, end });
  }
  if (readings.length === 0) return [];
  return [finding(behind === 0 ? 'preamble-part' : 'epilogue-part', owner, readings)];
}

function lineEnds(root: OutlinedPart, marks: readonly Mark[], facts: MessageFacts): Finding[] {
  const whole = { header: empty, start: 0, end: facts.octets };
  const readings: Reading[] = [];
  if (facts.hasBareCr) {
    readings.push({ ...whole, stages: [{ kind: 'lineEnds', variant: 'crEndsLine' }] });
  }
  const isMixed = marks.some((mark) => mark.kind === 'dashes' && mark.isAfterBareLf);
  const hasBareLf = isMixed || /[^\r]\n/.test(root.part.headers.split().text);
  if (hasBareLf && facts.endsLinesWith === 'crlf') {
    readings.push({ ...whole, stages: [{ kind: 'lineEnds', variant: 'lfEndsNoLine' }] });
  }
  return readings.length === 0 ? [] : [finding('bare-line-ends', root, readings)];
}

/** RFC 2045 s.4: without MIME-Version a reader may show the body as the text it is. */
function withoutMime(outline: Outline, root: OutlinedPart, marks: readonly Mark[]): Finding[] {
  const versions = root.part.headers.all('mime-version');
  if (versions.some((version) => /^[^0-9]*1\.0(?:[^0-9]|$)/.test(version))) return [];
  const isPlain = !root.part.isContainer && root.probe?.encoding === 'identity';
  if (isPlain) return [];
  const hasFile = marks.some(
    (mark) =>
      (mark.kind === 'uuencode' || mark.kind === 'base64' || mark.kind === 'yenc') &&
      mark.start >= root.part.contentStart &&
      outline.regionAt(mark.start)?.owner.probe?.encoding !== 'identity',
  );
  if (!hasFile) return [];
  const header = writeHeader('MIME-Version: 1.0', 'Content-Type: text/plain');
  return [finding('missing-mime-version', root, [{ ...contentOf(root), header, stages: [] }])];
}

/** RFC 2045 s.6.4 allows no encoding of a multipart; some readers undo it all the same. */
function encodedContainer(outlined: OutlinedPart): Finding[] {
  const { part } = outlined;
  const isMultipart = part.contentType.startsWith('multipart/');
  const encoding = contentEncodingOf(part.transferEncoding);
  if (!isMultipart || !part.isContainer || encoding === 'identity') return [];
  const fields = part.headers.all('content-type').map((value) => `Content-Type: ${value}`);
  const header = writeHeader(...fields);
  const reading = { ...contentOf(outlined), header, stages: decodingStages(encoding) };
  return [finding('encoded-multipart', outlined, [reading])];
}

/** A part of a digest that has no type and does not begin like a message is text to some readers. */
function digestDefault(outlined: OutlinedPart): Finding[] {
  const { part, parent, children } = outlined;
  const isByDefault =
    parent?.part.contentType === 'multipart/digest' &&
    part.headers.get('content-type') === undefined;
  const [inner] = children;
  if (!isByDefault || inner === undefined) return [];
  if ([...inner.part.headers.entries()].length > 0) return [];
  const header = writeHeader('Content-Type: text/plain');
  return [
    finding('digest-default-type', outlined, [{ ...contentOf(outlined), header, stages: [] }]),
  ];
}

function contentOf({ part, end }: OutlinedPart): { readonly start: number; readonly end: number } {
  return { start: part.contentStart, end };
}

function finding(
  kind: Finding['kind'],
  { part }: OutlinedPart,
  readings: readonly Reading[],
): Finding {
  return { kind, path: part.path, depth: part.depth, readings };
}
