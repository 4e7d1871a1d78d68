// Owns every boundary that some reader could take from the Content-Type fields of a part. Which of them
// matter is for the lines of the message to say.
import { decodeWords } from '../encoded-word.ts';
import { extendedValues, percentDecode } from '../extended-parameter.ts';
import { trimBlanks } from '../header-fields.ts';
import type { MimeValue } from '../mime-parameters.ts';
import { edges } from './edges.ts';

export type BoundaryOrigin = 'duplicate-boundary' | 'continued-boundary' | 'boundary-spelling';

export interface BoundaryCandidate {
  /** One octet per character, never empty. */
  readonly boundary: string;
  readonly origin: BoundaryOrigin;
}

// RFC 2046 s.5.1.1; some readers cut what is longer.
const maxBoundaryLength = 70;
const maxWrittenLength = 300;
const maxOfEach = 6;
// From each end: readers take the first or the last of many.
const maxTypes = 4;
const mention = /boundary/i;
const noTypes: readonly MimeValue[] = [];
const noStarts: readonly string[] = [];

/** Those of one part. Where a single boundary is written plainly, the list is made only if a line asks for it. */
export class BoundaryCandidates {
  /** Begin the same lines as all candidates do. */
  readonly starts: readonly string[];
  readonly #types: readonly MimeValue[];
  readonly #plain: PlainBoundary | undefined;
  #all: readonly BoundaryCandidate[] | undefined;

  constructor(types: readonly MimeValue[]) {
    const namesOne = types.some(({ text }) => mention.test(text));
    this.#types = namesOne
      ? edges(types, maxTypes).filter(({ text }) => mention.test(text))
      : noTypes;
    const [first, second] = this.#types;
    this.#plain =
      first === undefined || second !== undefined ? undefined : findPlainBoundary(first);
    this.starts =
      this.#plain?.starts ??
      (first === undefined ? noStarts : this.all().map(({ boundary }) => boundary));
  }

  /** The one that every reader gets, where it is so. */
  get plain(): string | undefined {
    return this.#plain?.boundary;
  }

  all(): readonly BoundaryCandidate[] {
    this.#all ??= this.#types.flatMap(boundaryCandidates);
    return this.#all;
  }

  /** Those that stand in one of these lines, given without blanks at their end. */
  in(lines: ReadonlySet<string>): readonly BoundaryCandidate[] {
    if (this.#plain !== undefined) {
      const { boundary } = this.#plain;
      const closing = `${boundary}--`;
      let mayHoldOthers = false;
      for (const line of lines) {
        if (line !== boundary && line !== closing) {
          mayHoldOthers ||= this.starts.some((start) => line.startsWith(start));
        }
      }
      if (!mayHoldOthers) return lines.has(boundary) ? [plainCandidate(boundary)] : [];
    }
    return this.all().filter(({ boundary }) => lines.has(boundary.trimEnd()));
  }
}

interface PlainBoundary {
  readonly boundary: string;
  readonly starts: readonly string[];
}

// No quote, blank, escape or comment, and short enough to be cut by nobody.
const plainBoundary =
  /;[ \t]*boundary=(?:"([+,./0-9:=?A-Z_a-z-]{1,66})"|([+,./0-9:=?A-Z_a-z-]{1,66}))[ \t]*(?:;|$)/i;

/**
 * The one boundary of a value that names it once and so that every reader gets the same. All other
 * candidates then are that boundary, or that boundary in quotes, with what stands behind it in the value:
 * never a line that ends the multipart.
 */
function findPlainBoundary({ text, parameters }: MimeValue): PlainBoundary | undefined {
  const match = plainBoundary.exec(text);
  if (match === null || text.match(/boundary/gi)?.length !== 1) return undefined;
  const [, inQuotes, token] = match;
  const boundary = inQuotes ?? token ?? '';
  const [own, another] = parameters.filter(({ name }) => name === 'boundary');
  const isRead = own?.value === boundary && own.readings.length === 1 && another === undefined;
  if (!isRead || boundary.includes('=?')) return undefined;
  const starts = inQuotes === undefined ? [boundary] : [boundary, `"${boundary}"`];
  return { boundary, starts };
}

function plainCandidate(boundary: string): BoundaryCandidate {
  return { boundary, origin: 'duplicate-boundary' };
}

/** All candidates of one value, without duplicates. */
function boundaryCandidates({ text: value, parameters }: MimeValue): BoundaryCandidate[] {
  const found = new Map<string, BoundaryOrigin>();
  const add = (boundary: string, origin: BoundaryOrigin): void => {
    if (boundary !== '' && !found.has(boundary)) found.set(boundary, origin);
  };
  const plain = edges(
    parameters.filter(({ name }) => name === 'boundary'),
    maxOfEach,
  );
  for (const { value: boundary } of plain) add(trimBlanks(boundary), 'duplicate-boundary');
  for (const boundary of edges(extendedValues(parameters, 'boundary'), maxOfEach)) {
    add(boundary, 'continued-boundary');
    add(percentDecode(boundary).toString('latin1'), 'continued-boundary');
  }
  for (const written of [
    ...plain.flatMap(({ readings }) => readings),
    ...writtenBoundaries(value),
  ]) {
    for (const way of spellings(written)) add(way, 'boundary-spelling');
  }
  return [...found].map(([boundary, origin]) => ({ boundary, origin }));
}

/** What stands behind every `boundary=`, also in a comment or in the quotes of another parameter. */
function writtenBoundaries(text: string): string[] {
  const written: string[] = [];
  const places = text.matchAll(/boundary\*?(?:\d{1,3}\*?)?[ \t]*=[ \t]*/gi);
  for (const place of edges([...places], maxOfEach)) {
    const from = place.index + place[0].length;
    const behind = text.slice(from, from + maxWrittenLength);
    written.push(behind, behind.split(';', 1)[0] ?? '', behind.split(/[;\s]/, 1)[0] ?? '');
    const quoted = [/^"([^"]*)"/, /^"(.*)"/, /^'([^']*)'/].map((form) => form.exec(behind)?.[1]);
    written.push(...quoted.filter((text) => text !== undefined));
  }
  return written;
}

function spellings(written: string): string[] {
  const ways = [
    written,
    trimBlanks(written),
    written.replaceAll('"', ''),
    written.replaceAll(/["'\\]/g, ''),
    written.replaceAll(/\\(.)/gs, '$1'),
    written.replaceAll(/[ \t]/g, ''),
    withoutComments(written),
    // RFC 2046 s.5.1.1: the characters of a boundary, but for blanks and parentheses.
    /^[0-9A-Za-z'+_,./:=?-]*/.exec(written)?.[0] ?? '',
    written.split(/[ \t]/, 1)[0] ?? '',
    written.split('\0', 1)[0] ?? '',
    written.replaceAll(/[^ -~]/g, ''),
    decodeWords(written),
    percentDecode(written).toString('latin1'),
    written.slice(0, maxBoundaryLength),
  ];
  return ways.flatMap((way) => [way, trimBlanks(way)]);
}

function withoutComments(text: string): string {
  return trimBlanks(text.replaceAll(/\([^()]*\)/g, ''));
}
