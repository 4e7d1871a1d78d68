// Owns how the value of a structured field divides into words and comments (RFC 5322 s.3.2.2). Hand-written
// and linear: the value is a stranger's. Pure.

export interface StructuredWord {
  /** `end`: a semicolon. */
  readonly kind: 'word' | 'comment' | 'end';
  /** Of a comment what stands between the outer parentheses. */
  readonly text: string;
}

/**
 * Undefined for a comment or a quoted string without end: whoever reads on would read another text.
 * `first clause`: what stands behind the first semicolon is not looked at.
 */
export function structuredWords(
  value: string,
  extent: 'all' | 'first clause' = 'all',
): StructuredWord[] | undefined {
  const words: StructuredWord[] = [];
  for (let at = 0; at < value.length; ) {
    const character = value.charAt(at);
    if (isBlank(character)) {
      at += 1;
      continue;
    }
    if (character === ';') {
      words.push({ kind: 'end', text: ';' });
      if (extent === 'first clause') break;
      at += 1;
      continue;
    }
    const end = character === '(' ? commentEnd(value, at) : wordEnd(value, at);
    if (end === undefined) return undefined;
    words.push(
      character === '('
        ? { kind: 'comment', text: value.slice(at + 1, end - 1) }
        : { kind: 'word', text: value.slice(at, end) },
    );
    at = end;
  }
  return words;
}

/** After the closing parenthesis. */
function commentEnd(value: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < value.length; at += 1) {
    const character = value.charAt(at);
    if (character === '\\') at += 1;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return undefined;
}

function wordEnd(value: string, start: number): number | undefined {
  let isQuoted = false;
  let at = start;
  for (; at < value.length; at += 1) {
    const character = value.charAt(at);
    if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted && character === '\\') at += 1;
    else if (!isQuoted && (isBlank(character) || character === ';' || character === '(')) break;
  }
  return isQuoted ? undefined : at;
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\n';
}
