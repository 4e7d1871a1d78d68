// Owns what an Authentication-Results field says (RFC 8601 s.2.2). Whether whoever wrote it is to be
// believed is for others. Linear, and bounded. Pure.

export interface AuthenticationResult {
  /** `dkim`, `spf`, `dmarc`, `arc` and others, in lower case. */
  readonly method: string;
  /** `pass`, `fail`, `none` and others, in lower case. */
  readonly result: string;
  /** `header.from` and the like in lower case, values as written without quotes. */
  readonly properties: ReadonlyMap<string, string>;
}

export interface AuthenticationResults {
  /** In lower case. */
  readonly authservId: string;
  readonly results: readonly AuthenticationResult[];
}

const longestValue = 16 * 1024;
const mostResults = 50;

/**
 * Undefined for a value whose comments or quotes do not end, and for one with quotes in a comment: programs
 * would not agree on what it says. Providers repeat there whom a message is from, and that may be
 * `"a) ; dmarc=pass ("@example.org`.
 */
export function parseAuthenticationResults(value: string): AuthenticationResults | undefined {
  const statements = value.length > longestValue ? undefined : statementsOf(value);
  const [[authservId] = [], ...rest] = statements ?? [];
  if (authservId === undefined) return undefined;
  const results = rest.slice(0, mostResults).flatMap((words) => toResult(words) ?? []);
  return { authservId: authservId.toLowerCase(), results };
}

function toResult([first = '', ...words]: readonly string[]): AuthenticationResult | undefined {
  const [method, result] = divided(first) ?? [];
  if (method === undefined || result === undefined) return undefined;
  const properties = new Map<string, string>();
  for (const word of words) {
    const [name, value] = divided(word) ?? [];
    if (name !== undefined && value !== undefined && !properties.has(name)) {
      properties.set(name, value);
    }
  }
  // RFC 8601 s.2.2: a version may stand behind the method.
  return { method: method.replace(/\/\d+$/, ''), result: result.toLowerCase(), properties };
}

function divided(word: string): readonly [name: string, value: string] | undefined {
  const equals = word.indexOf('=');
  return equals < 1 ? undefined : [word.slice(0, equals).toLowerCase(), word.slice(equals + 1)];
}

/** Words between semicolons, without comments and quotes; blanks around `=` do not part words. */
function statementsOf(value: string): string[][] | undefined {
  const statements: string[][] = [];
  let words: string[] = [];
  let word = '';
  const endWord = (): void => {
    if (word !== '') words.push(word);
    word = '';
  };
  for (let at = 0; at < value.length; at += 1) {
    const character = value.charAt(at);
    switch (character) {
      case '(': {
        const end = commentEnd(value, at);
        if (end === undefined) return undefined;
        at = end - 1;
        break;
      }
      case '"': {
        const end = quoteEnd(value, at);
        if (end === undefined) return undefined;
        word += value.slice(at + 1, end - 1).replaceAll(/\\(.)/g, '$1');
        at = end - 1;
        break;
      }
      case ';':
        endWord();
        statements.push(words);
        words = [];
        break;
      case '=':
        if (word === '') word = words.pop() ?? '';
        word += character;
        break;
      case ' ':
      case '\t':
        if (!word.endsWith('=')) endWord();
        break;
      default:
        word += character;
    }
  }
  endWord();
  statements.push(words);
  return statements;
}

/** RFC 5322 s.3.2.2: comments nest. Undefined for one without end, or with a quote. */
function commentEnd(value: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < value.length; at += 1) {
    const character = value.charAt(at);
    if (character === '"') return undefined;
    if (character === '\\') at += 1;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return undefined;
}

function quoteEnd(value: string, start: number): number | undefined {
  for (let at = start + 1; at < value.length; at += 1) {
    const character = value.charAt(at);
    if (character === '"') return at + 1;
    if (character === '\\') at += 1;
  }
  return undefined;
}
