// Owns finding names in the octets of a PDF document, as readers find them. Pure.

/** ISO 32000-1 s.7.3.5: any character of a name may be written as `#` and two hexadecimal digits. */
function pattern(name: string): string {
  return [...name].map((letter) => `(?:${letter}|#${hexOf(letter)})`).join('');
}

function hexOf(letter: string): string {
  const digits = [...letter.charCodeAt(0).toString(16)];
  return digits
    .map((digit) => (/[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit))
    .join('');
}

const names = [
  'JavaScript',
  'Launch',
  'EmbeddedFile',
  'EF',
  'Encrypt',
  'ObjStm',
  'Rendition',
  'XFA',
] as const;

export type PdfName = (typeof names)[number];

// s.7.2.2: what ends a name.
const delimiter = '(?=[\\0\\t\\n\\f\\r ()<>[\\]{}/%]|$)';
const anyName = new RegExp(
  `/(?:${names.map((name) => `(${pattern(name)})`).join('|')})${delimiter}`,
  'g',
);

/** Longest spelling of a name, with the slash. */
const longestSpelling = 1 + 3 * Math.max(...names.map(({ length }) => length)) + 1;

export interface FoundName {
  readonly name: PdfName;
  /** Where its slash is. */
  readonly at: number;
}

/** In the order of the document. `text` is latin1. */
export function* findNames(text: string): Generator<FoundName, void, void> {
  for (const match of text.matchAll(anyName)) {
    const index = match.slice(1).findIndex((group) => group !== undefined);
    const name = names[index];
    if (name !== undefined) yield { name, at: match.index };
  }
}

/** Pieces of so many octets, each with as much of the one before it as a name can take. */
export function* windows(
  octets: Buffer,
  windowBytes: number,
): Generator<{ readonly text: string; readonly at: number }, void, void> {
  for (let at = 0; at < octets.length; at += windowBytes) {
    const start = Math.max(0, at - longestSpelling);
    yield { text: octets.toString('latin1', start, at + windowBytes), at: start };
  }
}
