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
  const longest = Math.max(...boundaries.map((boundary) => boundary.length));
  const window = buffer.subarray(start, start + longest + 4 + maxPaddingLength);
  const lineEnd = window.indexOf(lf);
  const isWindowFull = window.length === longest + 4 + maxPaddingLength;
  if (lineEnd === -1 && !isWindowFull && input === 'continues') return undecided;
  const text = withoutPadding(lineEnd === -1 ? window : window.subarray(0, lineEnd)).subarray(2);
  const next = start + (lineEnd === -1 ? window.length : lineEnd + 1);
  for (let index = boundaries.length - 1; index >= 0; index -= 1) {
    const role = roleOf(text, boundaries[index]);
    if (role !== undefined) {
      return { kind: 'delimiter', boundary: index, role, next, isWholeLine: lineEnd !== -1 };
    }
  }
  return other;
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

function roleOf(text: Buffer, boundary: Buffer | undefined): 'opens' | 'closes' | undefined {
  // Most are told by their length: a message may have many boundaries, and many lines that begin so.
  if (boundary === undefined || text.length < boundary.length) return undefined;
  if (text.length > boundary.length + 2) return undefined;
  if (text.equals(boundary)) return 'opens';
  const isClosing =
    text.length === boundary.length + 2 &&
    text.at(-1) === dash &&
    text.at(-2) === dash &&
    text.subarray(0, -2).equals(boundary);
  return isClosing ? 'closes' : undefined;
}

function withoutPadding(line: Buffer): Buffer {
  let end = line.length;
  while (end > 2 && isPadding(line[end - 1])) end -= 1;
  return line.subarray(0, end);
}

function isPadding(octet: number | undefined): boolean {
  return octet === 0x20 || octet === 0x09 || octet === 0x0d;
}
