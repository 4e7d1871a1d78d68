// Owns the recognition of one boundary delimiter line (RFC 2046 s.5.1.1). It keeps no state.

const lf = 0x0a;
const dash = 0x2d;
// White space after the boundary is transport padding; a line with more of it is not waited for.
const maxPaddingLength = 1000;

export type LineMatch =
  /** More octets are needed. */
  | { readonly kind: 'undecided' }
  | { readonly kind: 'other' }
  | {
      readonly kind: 'delimiter';
      /** Index of the boundary that matched. */
      readonly boundary: number;
      readonly role: 'opens' | 'closes';
      /** Where to read on; behind the line end when `isWholeLine`. */
      readonly next: number;
      readonly isWholeLine: boolean;
    };

const undecided: LineMatch = { kind: 'undecided' };
const other: LineMatch = { kind: 'other' };

/** Matches the line that starts at `start` against boundaries ordered from the outermost in; inner ones win. */
export function matchBoundaryLine(
  buffer: Buffer,
  start: number,
  boundaries: readonly Buffer[],
  input: 'continues' | 'ended',
): LineMatch {
  if (!isCandidate(buffer, start, boundaries)) return other;
  const windowLength = longestOf(boundaries) + 4 + maxPaddingLength;
  const windowEnd = Math.min(buffer.length, start + windowLength);
  const lineFeed = buffer.indexOf(lf, start);
  const isWholeLine = lineFeed !== -1 && lineFeed < windowEnd;
  const isWindowFull = windowEnd - start === windowLength;
  if (!isWholeLine && !isWindowFull && input === 'continues') return undecided;
  let end = isWholeLine ? lineFeed : windowEnd;
  while (end > start + 2 && isPadding(buffer[end - 1])) end -= 1;
  const next = isWholeLine ? lineFeed + 1 : windowEnd;
  for (let index = boundaries.length - 1; index >= 0; index -= 1) {
    const role = roleOf(buffer, start + 2, end, boundaries[index]);
    if (role !== undefined) return { kind: 'delimiter', boundary: index, role, next, isWholeLine };
  }
  return other;
}

function longestOf(boundaries: readonly Buffer[]): number {
  let longest = 0;
  for (const { length } of boundaries) longest = Math.max(longest, length);
  return longest;
}

/** Whether the octets that are there begin like a delimiter; cheap, since mails full of `--` lines exist. */
function isCandidate(buffer: Buffer, start: number, boundaries: readonly Buffer[]): boolean {
  if (buffer[start] !== dash || (buffer[start + 1] ?? dash) !== dash) return false;
  return boundaries.some((boundary) => {
    const length = Math.min(boundary.length, buffer.length - start - 2);
    for (let at = 0; at < length; at += 1) {
      if (buffer[start + 2 + at] !== boundary[at]) return false;
    }
    const next = buffer[start + 2 + boundary.length] ?? lf;
    return next === lf || next === dash || isPadding(next);
  });
}

/** What stands from `start` to `end`, behind the hyphens. */
function roleOf(
  buffer: Buffer,
  start: number,
  end: number,
  boundary: Buffer | undefined,
): 'opens' | 'closes' | undefined {
  // Most are told by their length: a message may have many boundaries, and many lines that begin so.
  if (boundary === undefined) return undefined;
  const more = end - start - boundary.length;
  if (more !== 0 && more !== 2) return undefined;
  if (more === 2 && (buffer[end - 1] !== dash || buffer[end - 2] !== dash)) return undefined;
  const isEqual = buffer.compare(boundary, 0, boundary.length, start, end - more) === 0;
  if (!isEqual) return undefined;
  return more === 0 ? 'opens' : 'closes';
}

function isPadding(octet: number | undefined): boolean {
  return octet === 0x20 || octet === 0x09 || octet === 0x0d;
}
