// Owns reading `name=value` out of Authentication-Results and Received-SPF (RFC 8601, RFC 7208 s.9.1),
// without what stands in comments. Pure.
import { structuredWords } from './structured-words.ts';

export interface Statement {
  /** The first word, in lower case: the authserv-id of the one, the result of the other. */
  readonly subject: string;
  /** Names in lower case; of a name that stands twice the first value. */
  readonly values: ReadonlyMap<string, string>;
}

const longestValue = 8192;

export function readStatement(value: string): Statement | undefined {
  if (value.length > longestValue) return undefined;
  const words = structuredWords(value);
  // A quote in a comment is of a sender's name that may end the comment: `"a) helo=b ("@example.org`.
  const isClear = words?.every(({ kind, text }) => kind !== 'comment' || !text.includes('"'));
  if (words === undefined || isClear !== true) return undefined;
  const texts = words.flatMap(({ kind, text }) => (kind === 'word' ? [text] : []));
  const values = new Map<string, string>();
  for (const text of texts) {
    const equals = text.indexOf('=');
    if (equals === -1) continue;
    const name = text.slice(0, equals).toLowerCase();
    if (!values.has(name)) values.set(name, unquoted(text.slice(equals + 1)));
  }
  return { subject: (texts[0] ?? '').toLowerCase(), values };
}

function unquoted(text: string): string {
  const isQuoted = text.length >= 2 && text.startsWith('"') && text.endsWith('"');
  return isQuoted ? text.slice(1, -1) : text;
}
