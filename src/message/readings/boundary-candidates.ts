// Owns every boundary that some reader could take from a Content-Type. Which of them matter is for the
// lines of the message to say.
import { decodeWords } from '../encoded-word.ts';
import { extendedValues, percentDecode } from '../extended-parameter.ts';
import { trimBlanks } from '../header-fields.ts';
import { parseMimeValue } from '../mime-parameters.ts';
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

/** All candidates of one value, without duplicates. */
export function boundaryCandidates(value: string): BoundaryCandidate[] {
  if (!/boundary/i.test(value)) return [];
  const { parameters } = parseMimeValue(value);
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
